"""What kind of thing a word names: general knowledge of goods that titles alone don't give.

Necklaces and earrings share no word, yet a shop keeps them together. The lists only pull similar
groups of titles towards each other when groups are merged; categories are named and mostly formed
by the shop's own words.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["DEPARTMENTS", "department_of"]

_WORDS = {
    "jewellery": """necklace earring bracelet ring brooch bangle pendant jewellery jewelry
        charm anklet cufflink locket choker tiara hairclip hairband hairslide 项链 耳环 手链
        戒指 胸针 手镯 吊坠 耳钉 首饰 发夹 发饰""",
    "tableware": """mug cup saucer plate bowl teapot jug glass beaker tumbler cutlery spoon
        fork knife dish platter tableware dinnerware goblet coaster napkin placemat egg-cup
        cafetiere 杯 碗 盘 碟 茶壶 水壶 筷 勺 叉 餐具 杯垫 餐垫""",
    "kitchen": """kitchen pan saucepan baking cookware tin bakeware oven mitt apron mould
        whisk tray jar scales cookie-cutter teatowel towel lunchbox lunch cosy chopping recipe
        pantry spatula ladle canister caddy 锅 厨具 烘焙 围裙 模具 砧板 饭盒 保鲜盒 密封罐
        储物罐 厨房""",
    "lighting": """candle light lantern lamp lampshade chandelier bulb candlestick
        candleholder tealight incense diffuser t-light 灯 蜡烛 烛台 香薰 灯笼 台灯 灯泡 线香""",
    "textiles": """cushion pillow blanket throw quilt rug doormat mat curtain bedding duvet
        sheet tablecloth cloth runner towelling bathmat 抱枕 枕头 毯 地毯 窗帘 床单 被套
        四件套 毛巾 浴巾 桌布 靠垫 坐垫""",
    "decoration": """decoration frame clock mirror picture sign art wreath ornament vase
        figurine statue hook plaque magnet canvas poster hanger hanging album knob photo
        wicker doorstop birdhouse 摆件 相框 挂钟 镜子 挂画 花瓶 装饰 挂钩 海报 画框 冰箱贴""",
    "furniture": """chair table stool bench sofa bed cabinet drawer shelf shelving wardrobe
        desk rack stand bookcase organiser storage trunk basket hamper crate chest bin tidy 椅
        桌 凳 沙发 柜 架 书架 收纳 置物架 篮 储物""",
    "celebration": """party balloon bunting garland cake candle-cake gift wrap ribbon bow
        tissue card invitation doily confetti tag streamer banner sweet-bag 气球 贺卡 礼盒
        丝带 派对 彩带 包装纸 拉花""",
    "stationery": """notebook pen pencil book sketchbook diary calendar sticker tape stamp
        paper envelope eraser sharpener ruler journal planner letter chalk slate chalkboard
        blackboard 笔记本 本子 钢笔 铅笔 笔 贴纸 胶带 便签 日历 手账 文具 橡皮 信封""",
    "toys": """toy doll puzzle jigsaw game teddy bear plush robot skipping helicopter domino
        playhouse marble soldier craft felt felt-craft knitting sewing stencil paint crayon
        kit 玩具 娃娃 拼图 积木 公仔 毛绒 游戏 桌游 模型 手工""",
    "bags": """bag handbag purse wallet backpack rucksack suitcase luggage washbag tote
        satchel pouch shopper holdall passport 包 袋 钱包 背包 手提包 行李箱 双肩包 挎包 书包""",
    "clothing": """shirt t-shirt dress jeans trouser skirt coat jacket jumper sweater sock
        glove hat scarf shoe boot sandal slipper trainer sneaker hoodie pyjama underwear bra
        belt cap poncho umbrella legging short 衬衫 裙 裤 外套 毛衣 袜 手套 帽 围巾 鞋 靴 拖鞋
        卫衣 内衣 睡衣 腰带 雨伞""",
    "care": """soap shampoo conditioner lotion cream bath shower deodorant toothpaste
        toothbrush razor perfume fragrance hair skin nail makeup lipstick mascara sponge
        flannel cosmetic balm facial shave sunscreen hand-cream 皂 洗发水 护发素 乳液 面霜
        沐浴露 牙膏 牙刷 香水 口红 面膜 洗面奶 护手霜 精华 防晒 粉底 眼影""",
    "health": """vitamin supplement aspirin analgesic cough cold-remedy bandage medicine
        antacid tablet capsule plaster laxative allergy first-aid thermometer hot-water 维生素
        钙片 口罩 药 创可贴 保健 鱼油 体温计""",
    "garden": """garden plant pot planter seed watering flower-pot parasol hose spade trowel
        compost fertilizer lawn birdfeeder barbecue grill windmill herb insecticide 花盆 种子
        园艺 花园 肥料 盆栽 绿植 多肉 水管 烧烤""",
    "pets": """dog cat pet puppy kitten litter aquarium leash bird-seed fish-food 狗粮 猫粮
        猫砂 宠物 猫 犬 狗 牵引绳""",
    "drinks": """coffee tea juice water soda beer wine liquor spirit ale cola lemonade drink
        beverage espresso cocoa cider whisky vodka 咖啡 茶 果汁 饮料 啤酒 红酒 白酒 矿泉水
        茶叶 豆浆""",
    "snacks": """chocolate candy cookie biscuit chip crisp cracker popcorn snack nut gum
        pretzel bar wafer marshmallow toffee 巧克力 糖果 饼干 薯片 坚果 零食 瓜子 果干 蜜饯
        糕点 蛋糕""",
    "dairy": """milk cheese yogurt yoghurt butter margarine egg creamer custard 牛奶 酸奶 奶酪
        黄油 鸡蛋""",
    "frozen": """frozen frzn ice-cream pizza sorbet ice novelty 冰淇淋 冷冻 雪糕 速冻 水饺
        汤圆""",
    "meat": """beef pork chicken turkey lamb sausage bacon ham meat fish seafood salmon tuna
        shrimp frankfurter lunchmeat 牛肉 猪肉 鸡肉 羊肉 香肠 火腿 鱼 虾 海鲜 腊肉""",
    "produce": """fruit vegetable apple banana orange grape berry melon potato tomato onion
        lettuce salad carrot pepper mushroom corn bean 水果 蔬菜 苹果 香蕉 橙子 葡萄 草莓 土豆
        番茄""",
    "grocery": """bread roll bun cereal rice pasta noodle flour sugar oil vinegar sauce soup
        spice seasoning dressing mustard ketchup mayonnaise jam jelly honey syrup broth canned
        pickle salsa oatmeal 面包 大米 面条 面粉 糖 油 醋 酱 汤 调料 酱油 果酱 蜂蜜 罐头 麦片""",
    "household": """detergent cleaner bleach laundry softener toilet-tissue trash foil
        wrap-foil napkin-paper sponge-scrubber broom mop bucket battery disinfectant
        air-freshener dishwashing hanger-clothes 洗衣液 洗洁精 纸巾 卷纸 抽纸 垃圾袋 拖把 扫把
        清洁剂 消毒液 湿巾 电池""",
    "baby": """diaper nappy formula wipe pacifier stroller infant bib 纸尿裤 奶瓶 奶粉 婴儿车
        尿不湿 围兜""",
    "electronics": """phone charger cable headphone earphone speaker keyboard mouse camera
        laptop tablet-pc computer usb television tv radio battery-pack adapter headset monitor
        printer 手机 充电器 数据线 耳机 音箱 键盘 鼠标 相机 电脑 平板 充电宝 手机壳 路由器""",
    "sport": """yoga ball bike bicycle dumbbell fitness tent camping fishing racket football
        tennis golf swim sport running helmet 瑜伽 球 自行车 哑铃 帐篷 露营 球拍 泳 健身 跑步""",
    "tools": """hammer screwdriver drill screw nail-tool wrench saw toolbox tool hardware 锤
        螺丝刀 电钻 扳手 工具""",
}

#: The departments, in the order of their numbers.
DEPARTMENTS = tuple(_WORDS)
_NUMBER = {word: number for number, listed in enumerate(_WORDS.values()) for word in listed.split()}


@lru_cache(maxsize=65_536)
def department_of(term: str) -> int:
    """Return the number of the department whose goods a term names, -1 if it names none.

    >>> DEPARTMENTS[department_of("earring")], DEPARTMENTS[department_of("…杯")]
    ('jewellery', 'tableware')
    """
    return _NUMBER.get(term.removeprefix("…"), -1)
