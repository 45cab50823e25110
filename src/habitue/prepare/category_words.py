"""Words of titles that say how a product looks or is packed, not what it is.

They are the same in every shop: colours, sizes, counts and packaging, ages and styles. A title's
other words decide its category; these only when nothing else does.
"""

from __future__ import annotations

import re

from habitue.text import FUNCTION_WORDS

__all__ = ["ATTRIBUTES", "BOUNDARIES", "FUNCTION_WORDS", "GENERAL", "HAN_ATTRIBUTES"]

#: English, in the singular (``habitue.text.singular``).
ATTRIBUTES = frozenset(
    """
    amber beige black blue bronze brown burgundy charcoal copper coral cream crimson fuchsia gold
    golden gray green grey indigo ivory khaki lavender lilac magenta maroon mauve mint multicolour
    multicolor navy olive orange peach pink purple red rose rust scarlet silver tan teal turquoise
    violet white yellow colour color coloured colored tone
    big extra giant huge jumbo large long lg little medium mega micro mini petite regular short
    slim small tall thick thin tiny wide size sized
    assorted asst asstd dozen double each family half multi multipack pack pair pc pce pcs piece
    pk pkt quad single set six ten three triple trio twin two four five eight twelve value
    cl cm ct dl ft gr gram inch kg lb litre liter ltr metre meter mg ml mm oz yd
    antique art boho botanical classic classical contemporary country deluxe design designer
    everyday floral flower funky gingham heart luxury modern natural new novelty original paisley
    pattern plain polkadot polka dot premium pretty retro retrospot romantic round rustic scandi
    shabby shape shaped spot spotty square star stripe striped stripey style traditional vintage
    christmas easter xmas
    best boxed bright cute dark fresh free handmade lovely nice pale soft special sweet
    kid kids child children childrens girl boy adult baby men man women woman unisex
    """.split()
)

#: Words that many kinds of goods bear, so that they say little of which it is; in the singular.
GENERAL = frozenset(
    """
    accessory all assortment basic brand economy everyday except fancy general inc incl included
    including item misc miscellaneous need new other premium product regular range seasonal
    specialty supply type various
    """.split()
)

#: Words after which a title speaks of something else than the product: "box WITH ribbon".
BOUNDARIES = frozenset("by for from in on to w with without".split())

_COLOURS = "红橙黄绿青蓝紫黑白灰粉金银棕褐米咖"
_HAN_PARTS = (
    rf"[浅深淡亮暗天草玫湖藏墨酒]?[{_COLOURS}]色|彩色|多色|混色|透明|纯色|杂色",
    r"[特超加]?[大中小]号|加[大长厚宽]|均码|[大中小]码|迷你|便携|大容量|家庭装|量贩装?",
    r"[一二两三四五六七八九十百半双单]?[件只个条盒包袋瓶片支张对双套本粒块卷罐][套装]",
    r"[一二两三四五六七八九十][件只个条盒包袋瓶片支张对双套本粒块卷罐]",
    r"毫升|公斤|千克|厘米|毫米|公分|英寸",
    r"新款|新品|正品|爆款|热卖|特价|促销|包邮|现货|同款|限量|限定|全新|官方|旗舰店|专柜",
    r"复古|简约|时尚|经典|可爱|创意|北欧|日式|韩版|韩式|欧式|中式|美式|高档|豪华|精美|精致",
    r"春夏|秋冬|春季|夏季|秋季|冬季|圣诞|春节|情人节",
    r"男女|男士|女士|男款|女款|儿童|成人|通用|宝宝|婴儿",
)
#: The same for Chinese, whose words are not set apart: these parts are cut out of a run.
HAN_ATTRIBUTES = re.compile("|".join(_HAN_PARTS))
