"""The words of other frameworks, each with torch's word, or with what to write instead. Loaded where a name is wrong.

Keys are folded: without case, underscores and hyphens.
"""

from archc.elaborate.synonyms.arguments import ARGUMENT_ADVICE, ARGUMENTS
from archc.elaborate.synonyms.axes import AXES
from archc.elaborate.synonyms.figures import FIGURE_ADVICE, FIGURES, SPLITS, VALUE_ADVICE, VALUES
from archc.elaborate.synonyms.keys import KEY_ADVICE, KEYS
from archc.elaborate.synonyms.recipe import INSTEAD, Instead
from archc.elaborate.synonyms.terms import ACTIVATIONS, CHOICES, LAYER_ADVICE, LAYER_TERMS, LAYERS, PER_RANK

__all__ = [
    "ACTIVATIONS",
    "ARGUMENTS",
    "ARGUMENT_ADVICE",
    "AXES",
    "CHOICES",
    "FIGURES",
    "FIGURE_ADVICE",
    "INSTEAD",
    "KEYS",
    "KEY_ADVICE",
    "LAYERS",
    "LAYER_ADVICE",
    "LAYER_TERMS",
    "PER_RANK",
    "SPLITS",
    "VALUES",
    "VALUE_ADVICE",
    "Instead",
]
