"""SVHN: digits of house numbers."""

import string

from archc.recipe.data.base import OwnTarget
from archc.recipe.data.named import Known, Layout, NamedSet, Source


class SVHN(NamedSet):
    """99,289 colour photographs of 32 x 32 pixels of digits, from the house numbers of Google Street View.

    The further 531,131 easier ones, `extra_32x32.mat`, are not read. A nought is class 0, as in torchvision.
    """

    url = "http://ufldl.stanford.edu/housenumbers/"
    licence = "for non-commercial use only"
    sample = (3, 32, 32)

    source: Source = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """A file of MATLAB for each split."""
        layout = Layout("svhn", "", ("train_32x32.mat",), ("test_32x32.mat",))
        return Known(tuple(string.digits), (73_257, 26_032), (layout,))
