"""A folder of images with a mask for each, which says the class of every pixel."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self

from archc.diagnostics import catalog
from archc.recipe.data import folders, masks
from archc.recipe.data.base import DataFacts, DataKind, Positions, Wants
from archc.recipe.data.image_folder import seen, some
from archc.recipe.data.masks import Colour, Pairs
from archc.terms.record import Doc, nullable
from archc.terms.values import Text, read_by

_COLOUR: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 255},
        {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}, "minItems": 3, "maxItems": 3},
    ]
}
_CLASSES = read_by(
    "a list of names, in the order of their numbers, or a color for each name, as in `{sky: [0, 0, 255]}`",
    masks.classes_of,
    {
        "anyOf": [
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
            {"type": "object", "additionalProperties": _COLOUR, "minProperties": 1},
        ]
    },
)


class ImageMasks(DataKind):
    """Images in `root/images`, and in `root/masks` a mask for each, of the same name but for its ending.

    A mask says the class of each pixel: by its number, as in palettes and images in grey, or by its color, where
    `classes` has the colors. Sub-folders `train`, `val` (or `valid`, `validation`, `dev`) and `test` are splits, with
    `images` and `masks` in each. Transforms and random changes that move pixels move the mask alike, without new
    classes between two; pixels that come from beyond the image are of no class, so that the loss leaves them out.
    """

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.Mask.html"
    holds = "pixels"
    each_a_file = True
    channels = 3

    root: Annotated[Text, Doc("The folder, relative to the spec.")]
    classes: Annotated[
        tuple[str, ...] | Mapping[str, Colour] | None,
        nullable(_CLASSES),
        Doc("Names of the classes, or their colors; left out: the numbers that are in the masks."),
    ] = None

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """Numbers of pairs, by the names of the files; sizes, by the first bytes of some images.

        Where `classes` says those, no folder is needed.
        """
        root = self.folder(folder)
        if self.classes is not None and not root.exists():
            return DataFacts(root.name, None, "float32", Positions(self.names, ()), has_validation=True)
        pairs = self.pairs(folder, folders.MOST_NAMES)
        sizes = seen(root, [pair.image for pair in pairs.splits.get("train", ())])
        told = self.told(folder, pairs)
        if len(sizes) != 1:
            return told._replace(seen=sizes)
        return told._replace(sample=sizes[0].shape, target=Positions(self.names, sizes[0].shape[1:]))

    def told(self, folder: Path, pairs: Pairs) -> DataFacts:
        """What the names of the files tell."""
        sizes = {split: len(found) if pairs.is_whole else None for split, found in pairs.splits.items()}
        remark = catalog.image_lints.NotImageFiles(count=pairs.others, example=pairs.other or "")
        return DataFacts(
            self.folder(folder).name,
            None,
            "float32",
            Positions(self.names, ()),
            train=sizes.get("train"),
            test=sizes.get("test"),
            has_validation="validation" in sizes,
            has_test="test" in sizes,
            remarks=(remark,) if pairs.others else (),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of the classes; none where only the masks say how many there are."""
        return tuple(self.classes or ())

    @property
    def colours(self) -> Mapping[str, Colour] | None:
        """Of the classes, where masks say them by colors."""
        return self.classes if isinstance(self.classes, Mapping) else None

    def pairs(self, folder: Path, most: int | None = None) -> Pairs:
        """The images and their masks, checked: each has one.

        Raises:
            Fault: they make no such data.
        """
        try:
            found = masks.listed(self.folder(folder), most)
        except FileNotFoundError as error:
            missing = Path(str(error.filename)).name
            inner = missing in (masks.IMAGES, masks.MASKS)
            what = f"there is no folder `{missing}` in it" if inner else "no such file or directory"
            raise self._unusable(what, "it holds `images` and `masks`" if inner else None) from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise self._unusable((reason or "it cannot be read").lower()) from None
        if found.twice:
            raise self._unusable(f"the name of {some(list(found.twice))}, but for its ending, is there twice")
        if found.lonely and found.is_whole:
            advice = "an image and its mask have the same name, but for its ending"
            raise self._unusable(f"there is no counterpart of {some(list(found.lonely))}", advice)
        if found.is_whole and not found.splits.get("train"):
            raise self._unusable("there is no image in it")
        return found

    def check(self) -> None:
        colours = list(self.colours.values()) if self.colours else []
        if len(set(colours)) < len(colours):
            reason = "two classes have one color"
            raise catalog.values.Contradiction(field="classes", first="classes", second="classes", reason=reason)

    def folder(self, folder: Path) -> Path:
        """Where it is. `folder` is what its path is relative to."""
        return folder / Path(self.root).expanduser()

    def rooted(self, folder: Path) -> Self:
        """The same with its folder from the root."""
        return self.replace(root=str(self.folder(folder)))

    def settled(self, facts: DataFacts) -> Self:
        """The same with its classes."""
        return self if self.classes is not None else self.replace(classes=facts.classes or None)

    def _unusable(self, reason: str, advice: str | None = None) -> catalog.images.FolderUnusable:
        return catalog.images.FolderUnusable(field="root", folder=self.root, reason=reason, advice=advice)
