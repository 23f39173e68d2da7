"""A folder of image files, whose sub-folders are the classes."""

from pathlib import Path
from typing import Annotated, Final, Self

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.recipe.data import folders, headers
from archc.recipe.data.base import Classes, DataFacts, DataKind, OwnTarget, Seen, Wants
from archc.recipe.data.folders import Listing
from archc.terms.record import Doc, nullable
from archc.terms.values import TEXT, Text, listed

MOST_OPENED: Final = 32
"""Files whose first bytes a check reads, to know the sizes of images: as far apart as they can be."""

_NAMES = listed("a list of names of sub-folders", TEXT, least=1)


class ImageFolder(DataKind):
    """Image files in a folder for each class: `root/cat/1.jpg`, `root/dog/2.png`, or `root/train/cat/1.jpg`.

    JPEG, PNG, WebP, BMP, GIF (its first image), TIFF and PNM, upright, in color: `Grayscale` under `transform` makes
    one channel of three. Sub-folders `train`, `val` (or `valid`, `validation`, `dev`) and `test` are splits. Hidden
    files are none, and other files are left out. All images have one size, by `transform` where not by themselves.
    """

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html"
    holds = "pixels"
    each_a_file = True
    channels = 3

    root: Annotated[Text, Doc("The folder, relative to the spec.")]
    classes: Annotated[
        tuple[str, ...] | None, nullable(_NAMES), Doc("The names of the sub-folders in another order than sorted.")
    ] = None
    target: OwnTarget = None

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """Classes and numbers of images, by the names of the files; sizes, by the first bytes of some.

        Where `classes` says those, no folder is needed.
        """
        root = self.folder(folder)
        if self.classes is not None and not root.exists():
            return DataFacts(root.name, None, "float32", Classes(self.classes), has_validation=True)
        listing = self.listing(folder, folders.MOST_NAMES)
        sizes = seen(root, [name for names in listing.splits["train"].values() for name in names])
        return self.told(folder, listing)._replace(
            sample=sizes[0].shape if len(sizes) == 1 else None, seen=sizes if len(sizes) > 1 else ()
        )

    def told(self, folder: Path, listing: Listing) -> DataFacts:
        """What the names of the files tell."""
        return DataFacts(
            self.folder(folder).name,
            None,
            "float32",
            Classes(self.classes or tuple(listing.splits["train"])),
            train=listing.size("train"),
            test=listing.size("test"),
            has_validation="validation" in listing.splits,
            has_test="test" in listing.splits,
            remarks=tuple(_remarks(listing)),
        )

    def listing(self, folder: Path, most: int | None = None) -> Listing:
        """The names of the files, checked: each class has images, and there is more than one.

        Raises:
            Fault: they make no such data.
        """
        try:
            found = folders.listed(self.folder(folder), most)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise self._unusable((reason or "it cannot be read").lower()) from None
        self._check(found)
        return found

    def _check(self, found: Listing) -> None:
        train = found.splits["train"]
        if not train:
            direct = found.other is not None and folders.is_image(found.other)
            what = "its images are in no sub-folder" if direct else "it has no sub-folders"
            raise self._unusable(f"{what}, whose names would be the classes", "put those of each class into one")
        if found.is_whole and not any(train.values()):
            endings = ", ".join(f".{name}" for name in ("jpg", "png", "webp", "bmp", "gif", "tif"))
            raise self._unusable("there is no image in it", f"names of images end in {endings} or the like")
        for split, classes in found.splits.items():
            empty = [name for name, files in classes.items() if not files]
            if split == "train" and empty and found.is_whole:
                raise self._unusable(f"no image is in its sub-folder {some(empty)}", "delete a folder that is no class")
            if unknown := [name for name, files in classes.items() if files and name not in train]:
                raise self._unusable(f"its {split} split has the class {some(unknown)}, and `train` has no such folder")
        if self.classes is not None and sorted(self.classes) != sorted(train):
            self._check_names(train)
        if len(train) == 1 and self.target is None:
            (only,) = train
            inner = {name.split("/")[-2] for name in train[only][:10_000]} - {only}
            advice = f"write `root: {self.root.rstrip('/')}/{only}`" if len(inner) > 1 else None
            raise self._unusable(f"it has one sub-folder, `{only}`, and so one class", advice)

    def _check_names(self, train: folders.Classes) -> None:
        assert self.classes is not None
        if missing := [name for name in self.classes if name not in train]:
            reason = f"there is no sub-folder {some(missing)}; there is {some(list(train))}"
        elif extra := [name for name in train if name not in self.classes]:
            reason = f"the sub-folder {some(extra)} is not in it"
        else:
            reason = "it has a name twice"
        raise catalog.images.FolderUnusable(
            field="classes", folder=self.root, reason=f"`classes` are not its sub-folders: {reason}"
        )

    def folder(self, folder: Path) -> Path:
        """Where it is. `folder` is what its path is relative to."""
        return folder / Path(self.root).expanduser()

    def rooted(self, folder: Path) -> Self:
        """The same with its folder from the root."""
        return self.replace(root=str(self.folder(folder)))

    def settled(self, facts: DataFacts) -> Self:
        """The same with its classes."""
        return self.replace(classes=facts.classes or self.classes)

    def _unusable(self, reason: str, advice: str | None = None) -> catalog.images.FolderUnusable:
        return catalog.images.FolderUnusable(field="root", folder=self.root, reason=reason, advice=advice)


def seen(root: Path, names: list[str]) -> tuple[Seen, ...]:
    """One image of each size among some of these, as color; none where the size of one of them is not known."""
    step = max(1, len(names) // MOST_OPENED)
    found: dict[tuple[int, int], Seen] = {}
    for name in names[::step][:MOST_OPENED]:
        size = headers.size(root / name)
        if size is not None:
            found.setdefault(size, Seen(name, (3, *size)))
    return tuple(found.values())


def _remarks(listing: Listing) -> list[Fault]:
    found: list[Fault] = []
    if listing.others:
        found.append(catalog.image_lints.NotImageFiles(count=listing.others, example=listing.other or ""))
    train = listing.splits["train"]
    for split, classes in listing.splits.items():
        lacking = tuple([name for name in train if not classes.get(name)])
        if lacking and listing.is_whole:
            samples = listing.size(split) or 0
            lint = catalog.train_lints.ClassMissing(split=split, samples=samples, of=len(train), classes=lacking)
            found.append(lint)
    return found


def some(names: list[str]) -> str:
    """Up to five names, and how many more there are."""
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(f"`{name}`" for name in names[:5]) + more
