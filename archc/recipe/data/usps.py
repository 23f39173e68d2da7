"""USPS: digits of postal codes."""

import string

from archc.recipe.data.base import OwnTarget
from archc.recipe.data.named import Known, Layout, NamedSet, Source


class USPS(NamedSet):
    """9,298 grey pictures of 16 x 16 pixels of handwritten digits, from envelopes of the US Postal Service."""

    url = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps"
    sample = (1, 16, 16)
    background = "dark"

    source: Source = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """Class numbers begin with 1 in its files."""
        layout = Layout("libsvm", "", ("usps.bz2",), ("usps.t.bz2",))
        return Known(tuple(string.digits), (7_291, 2_007), (layout,), first_class=1)
