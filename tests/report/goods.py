"""Products of the made-up shop, and the pairs that its customers buy together."""

from __future__ import annotations

__all__ = ["PAIRS", "PRODUCTS"]

PRODUCTS = {
    "22697": ("GREEN REGENCY TEACUP AND SAUCER", "Teacups"),
    "22698": ("PINK REGENCY TEACUP AND SAUCER", "Teacups"),
    "22699": ("ROSES REGENCY TEACUP AND SAUCER", "Teacups"),
    "22423": ("REGENCY CAKESTAND 3 TIER", "Teacups"),
    "23170": ("REGENCY TEA PLATE ROSES", "Teacups"),
    "23171": ("REGENCY TEA PLATE GREEN", "Teacups"),
    "22746": ("POPPY'S PLAYHOUSE LIVINGROOM", "Toys"),
    "22745": ("POPPY'S PLAYHOUSE BEDROOM", "Toys"),
    "22748": ("POPPY'S PLAYHOUSE KITCHEN", "Toys"),
    "85123A": ("WHITE HANGING HEART T-LIGHT HOLDER", "Lights"),
    "21733": ("RED HANGING HEART T-LIGHT HOLDER", "Lights"),
    "20725": ("LUNCH BAG RED RETROSPOT", "Bags"),
    "20727": ("LUNCH BAG BLACK SKULL.", "Bags"),
    "22384": ("LUNCH BAG PINK POLKADOT", "Bags"),
    "85099B": ("JUMBO BAG RED RETROSPOT", "Bags"),
    "22386": ("JUMBO BAG PINK POLKADOT", "Bags"),
    "23203": ("JUMBO BAG DOILEY PATTERNS", "Bags"),
    "22086": ("PAPER CHAIN KIT 50'S CHRISTMAS", "Christmas"),
    "22910": ("PAPER CHAIN KIT VINTAGE CHRISTMAS", "Christmas"),
    "22726": ("ALARM CLOCK BAKELIKE GREEN", "Clocks"),
    "22727": ("ALARM CLOCK BAKELIKE RED", "Clocks"),
    "23084": ("RABBIT NIGHT LIGHT", "Lights"),
    "22720": ("SET OF 3 CAKE TINS PANTRY DESIGN", "Kitchen"),
    "22960": ("JAM MAKING SET WITH JARS", "Kitchen"),
    "99001": ("手工薰衣草皂 <b>礼盒</b>", "Bath & body"),
}

PAIRS = [
    ("23170", "23171", 0.84, 47.3, 214),
    ("22746", "22745", 0.81, 61.9, 98),
    ("22748", "22745", 0.76, 55.2, 91),
    ("22697", "22698", 0.7, 24.1, 556),
    ("22698", "22699", 0.68, 19.6, 530),
    ("22697", "22699", 0.73, 18.7, 602),
    ("22699", "22423", 0.41, 5.6, 402),
    ("22726", "22727", 0.65, 15.9, 480),
    ("22086", "22910", 0.58, 14.2, 380),
    ("85123A", "21733", 0.31, 8.3, 290),
    ("20725", "20727", 0.52, 9.1, 410),
    ("20725", "22384", 0.55, 9.9, 440),
    ("20727", "22384", 0.43, 8.2, 318),
    ("85099B", "22386", 0.62, 8.8, 690),
    ("85099B", "23203", 0.38, 5.2, 7),
]
