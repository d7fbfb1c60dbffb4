"""The rules that a list of items must keep: each one is a named function over the whole list.

An error blocks a publication, a warning asks for a word. The names of the rules are stable: translations and
the words that editors gave hang on them.
"""

from __future__ import annotations

from referentials.rules.changes import (
    changed_levels,
    contradictory_changes,
    effective_before_base,
    unexplained_appearances,
    unexplained_disappearances,
    unknown_change_codes,
    unknown_removals,
)
from referentials.rules.checked import Rule
from referentials.rules.codes import (
    codes_off_pattern,
    codes_outside_parent,
    duplicate_codes,
    malformed_codes,
)
from referentials.rules.figures import (
    misfit_attributes,
    parts_unlike_whole,
    repeated_figures,
    unfit_observations,
)
from referentials.rules.hierarchy import (
    cycles,
    empty_list,
    levels_out_of_order,
    unknown_levels,
    unknown_parents,
)
from referentials.rules.names import (
    deceptive_characters,
    formula_like_text,
    homonyms,
    missing_names,
    overlong_names,
    wrong_scripts,
)
from referentials.rules.references import removed_but_referenced
from referentials.rules.shapes import (
    gaps_between_siblings,
    invalid_shapes,
    overlapping_siblings,
    points_outside_parent,
    shapes_outside_parent,
)

RULES: tuple[Rule, ...] = (
    # the list and its codes
    empty_list,
    duplicate_codes,
    malformed_codes,
    codes_off_pattern,
    codes_outside_parent,
    # the tree
    unknown_parents,
    cycles,
    unknown_levels,
    levels_out_of_order,
    # texts
    missing_names,
    overlong_names,
    deceptive_characters,
    formula_like_text,
    wrong_scripts,
    homonyms,
    # values
    misfit_attributes,
    unfit_observations,
    repeated_figures,
    parts_unlike_whole,
    # shapes
    invalid_shapes,
    shapes_outside_parent,
    points_outside_parent,
    overlapping_siblings,
    gaps_between_siblings,
    # what changes against the version before
    effective_before_base,
    unexplained_appearances,
    unexplained_disappearances,
    changed_levels,
    unknown_change_codes,
    contradictory_changes,
    unknown_removals,
    removed_but_referenced,
)
