"""Charts drawn as SVG by hand: coloured by the page's style, drawn anew for each width.

Colours are classes, so that light, dark and print need no second picture; text is the page's own
fonts; every chart takes the width it is drawn for, so that labels stay readable on a telephone.
"""
