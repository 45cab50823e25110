"""The sample shop's vocabulary: categories, styles, names and cities, in English and Chinese.

Everything is invented. A category's products share a head word, as real titles do; a *style* is a
latent theme that runs through all categories, and each style has several words for it, so that no
style word is as frequent as a category's head word.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BRANDS", "CATEGORIES", "CITIES", "FAMILY", "GIVEN", "STYLES", "CategoryWords", "Pair"]

#: English and Chinese for the same thing.
Pair = tuple[str, str]


def _pairs(text: str) -> tuple[Pair, ...]:
    return tuple((en, zh) for en, zh in (part.split("|") for part in text.split("; ")))


@dataclass(frozen=True)
class CategoryWords:
    """One category: its name, its products, and how they are bought.

    Parameters
    ----------
    name : str
        As the catalogue writes it.
    price : float
        Median price, in pounds.
    consumable : bool
        Used up and bought again; everything else is bought once.
    nouns : tuple of (str, str)
        Products in English and Chinese.
    """

    name: str
    price: float
    consumable: bool
    nouns: tuple[Pair, ...]


CATEGORIES: tuple[CategoryWords, ...] = (
    CategoryWords(
        "Coffee",
        9.5,
        True,
        _pairs(
            "Coffee Beans 250g|咖啡豆250克; Ground Coffee 200g|研磨咖啡粉; "
            "Coffee Capsules, Pack of 20|咖啡胶囊20粒; Drip Coffee Bags|挂耳咖啡; "
            "Decaf Coffee Beans|低因咖啡豆; Cold Brew Coffee|冷萃咖啡液; "
            "Espresso Coffee Blend|意式拼配咖啡豆; Filter Coffee 500g|滤泡咖啡粉"
        ),
    ),
    CategoryWords(
        "Tea",
        7.0,
        True,
        _pairs(
            "Green Tea Tin|绿茶罐装; Black Tea Leaves|红茶茶叶; Herbal Tea Bags|花草茶包; "
            "Jasmine Tea 100g|茉莉花茶; Oolong Tea Caddy|乌龙茶礼罐; Fruit Tea Pouch|水果茶; "
            "White Tea Cake|白茶饼; Chai Tea Blend|香料奶茶粉"
        ),
    ),
    CategoryWords(
        "Soap & Bath",
        5.5,
        True,
        _pairs(
            "Soap Bar|手工香皂; Liquid Soap 300ml|洗手皂液; Bath Salts Soap Set|浴盐香皂套装; "
            "Shaving Soap|剃须皂; Olive Oil Soap|橄榄油香皂; Goat Milk Soap|羊奶香皂; "
            "Soap Flakes|皂片; Exfoliating Soap|磨砂香皂"
        ),
    ),
    CategoryWords(
        "Pet Food",
        12.0,
        True,
        _pairs(
            "Cat Food Pouches|猫粮湿包; Dog Food 2kg|狗粮2公斤; Kitten Food Tins|幼猫粮罐头; "
            "Puppy Food Mix|幼犬粮; Bird Food Seeds|鸟粮; Grain-Free Cat Food|无谷猫粮; "
            "Senior Dog Food|老年犬粮; Rabbit Food Pellets|兔粮"
        ),
    ),
    CategoryWords(
        "Mugs",
        8.5,
        False,
        _pairs(
            "Mug|马克杯; Travel Mug|随行马克杯; Enamel Mug|搪瓷马克杯; Espresso Mug|浓缩马克杯; "
            "Mug with Lid|带盖马克杯; Giant Mug|大号马克杯; Stacking Mug|叠放马克杯; "
            "Mug Gift Box|马克杯礼盒"
        ),
    ),
    CategoryWords(
        "Candles",
        11.0,
        False,
        _pairs(
            "Scented Candle|香薰蜡烛; Pillar Candle|柱形蜡烛; Candle Tin|罐装蜡烛; "
            "Candle Holder|蜡烛台; Candle Lantern|蜡烛灯笼; Floating Candle Set|浮水蜡烛套装; "
            "Three-Wick Candle|三芯蜡烛; Candle Snuffer|蜡烛熄灭器"
        ),
    ),
    CategoryWords(
        "Cushions",
        18.0,
        False,
        _pairs(
            "Cushion|抱枕; Cushion Cover|抱枕套; Floor Cushion|地板抱枕; Velvet Cushion|丝绒抱枕; "
            "Linen Cushion|亚麻抱枕; Bolster Cushion|圆柱抱枕; Seat Cushion|坐垫抱枕; "
            "Knitted Cushion|针织抱枕"
        ),
    ),
    CategoryWords(
        "Stationery",
        6.0,
        False,
        _pairs(
            "Notebook A5|A5笔记本; Ruled Notebook|横线笔记本; Pocket Notebook|口袋笔记本; "
            "Notebook Refill|笔记本替芯; Dotted Notebook|点阵笔记本; "
            "Notebook, Set of 3|笔记本三本装; "
            "Travel Notebook|旅行笔记本; Sketch Notebook|素描笔记本"
        ),
    ),
    CategoryWords(
        "Jewellery",
        24.0,
        False,
        _pairs(
            "Silver Necklace|银项链; Pearl Necklace|珍珠项链; Charm Necklace|吊坠项链; "
            "Beaded Necklace|串珠项链; Layered Necklace|叠戴项链; Locket Necklace|相盒项链; "
            "Gold-Tone Necklace|金色项链; Choker Necklace|颈链项链"
        ),
    ),
    CategoryWords(
        "Garden",
        15.0,
        False,
        _pairs(
            "Plant Pot|花盆; Hanging Plant Pot|吊兰花盆; Plant Pot Stand|花盆架; "
            "Terrace Plant Pot|露台花盆; Plant Pot Saucer|花盆托盘; Mini Plant Pot|迷你花盆; "
            "Ceramic Plant Pot|陶瓷花盆; Self-Watering Plant Pot|自动浇水花盆"
        ),
    ),
    CategoryWords(
        "Kitchen Linen",
        7.5,
        False,
        _pairs(
            "Tea Towel|厨房擦巾; Waffle Towel|华夫格擦巾; Linen Towel|亚麻擦巾; "
            "Towel, Pack of 2|擦巾两条装; Terry Towel|毛圈擦巾; Roller Towel|卷轴擦巾; "
            "Printed Towel|印花擦巾; Organic Towel|有机棉擦巾"
        ),
    ),
    CategoryWords(
        "Toys",
        13.0,
        False,
        _pairs(
            "Wooden Puzzle|木制拼图; Floor Puzzle|地板拼图; Puzzle Cube|立体拼图; "
            "Shape Puzzle|形状拼图; Alphabet Puzzle|字母拼图; Puzzle Box|拼图盒; "
            "Animal Puzzle|动物拼图; Map Puzzle|地图拼图"
        ),
    ),
)

STYLES: tuple[tuple[Pair, ...], ...] = tuple(
    _pairs(line)
    for line in (
        "Rose|玫瑰; Peony|牡丹; Bouquet|花束; Primrose|报春花; Petal|花瓣; Orchard|果园",
        "Nordic|北欧; Fjord|峡湾; Birch|白桦; Snowdrift|雪原; Reindeer|驯鹿; Aurora|极光",
        "Retro|复古; Jukebox|点唱机; Polka|波点; Diner|老餐馆; Cassette|磁带; Checkered|格纹",
        "Fern|蕨叶; Ivy|常春藤; Monstera|龟背竹; Moss|苔藓; Bamboo|竹林; Eucalyptus|尤加利",
        "Ocean|海洋; Harbour|港湾; Seashell|贝壳; Lighthouse|灯塔; Coral|珊瑚; Driftwood|浮木",
        "Little Fox|小狐狸; Hedgehog|刺猬; Badger|獾子; Owl|猫头鹰; Squirrel|松鼠; Hare|野兔",
        "Lavender|薰衣草; Chamomile|洋甘菊; Sage|鼠尾草; Thyme|百里香; Mint|薄荷; Verbena|马鞭草",
        "Midnight|午夜; Starlight|星光; Moonbeam|月光; Comet|彗星; Eclipse|日食; Orion|猎户座",
        "Terracotta|陶土; Desert|沙漠; Cactus|仙人掌; Adobe|土砖; Canyon|峡谷; Amber|琥珀",
        "Honeybee|蜜蜂; Sunflower|向日葵; Meadow|草地; Buttercup|毛茛; "
        "Marigold|金盏花; Clover|三叶草",
    )
)

BRANDS = ("Fernhollow", "Tidewick", "Larkmoor", "Brindlecote", "Oswinbee", "Quillmere", "Pebblyn")

GIVEN = (
    "ada ben cora dan ella finn gwen hugo iris jack kira liam mona ned opal paul rhea sam tess "
    "ugo vera will yara zane"
).split()
FAMILY = (
    "ashdown birchall coldwell dunmore elmsley farrow greenley hartwood inglewell kestrel "
    "lockmere marsden northam oakhurst penrowe redfern stonely thornby underhay wexcombe"
).split()

#: City and country as an export writes them; the first group buys in English.
CITIES: tuple[tuple[Pair, ...], tuple[Pair, ...]] = (
    (
        ("London", "United Kingdom"),
        ("Leeds", "United Kingdom"),
        ("Bristol", "United Kingdom"),
        ("Glasgow", "United Kingdom"),
        ("Dublin", "Ireland"),
        ("Utrecht", "Netherlands"),
        ("Lyon", "France"),
    ),
    (("上海", "中国"), ("杭州", "中国"), ("成都", "中国"), ("广州", "中国"), ("武汉", "中国")),
)
