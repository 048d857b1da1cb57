"""Words whose full stop need not end a sentence."""

from __future__ import annotations

NEVER_LAST = frozenset(
    "mr mrs ms mx messrs dr prof hon fr maj capt cmdr lt sgt cpl adm gov sen supt e.g eg i.e ie cf "
    "viz vs v approx ca resp incl excl esp z.b d.h bzw".split()
)
"""Titles and the like: something always follows."""

BEFORE_NUMBER = frozenset(
    "no nos nr fig figs eq eqs sec secs sect ch chap vol vols art arts para paras p pp c ref refs "
    "ver jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
"""Words of references and months: an abbreviation before a number, else a word like any."""

MAYBE_LAST = frozenset(
    "inc ltd co corp llc bros jr sr dept univ assn st ave blvd rd mt ft est min max a.m p.m al lit "
    "ed eds ph d rep rev col gen pres sec govt ex".split()
)
"""Abbreviations that end a sentence only where the next word is one that often begins one."""

OFTEN_FIRST = frozenset(
    "a after all although an and another any are as at because before both but by can contact "
    "do does during each every first for from further he her here his how however i if in instead "
    "it its just last later let make many more most my next no not note now on once one only or "
    "other our please see she since so some such that the their then there therefore these they "
    "this those though three thus to two under unless until use we what when where whether which "
    "while who why with you your".split()
)
"""Words that often begin a sentence, and seldom a name."""
