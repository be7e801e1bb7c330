//! What are things called? The words that titles are made of, in Chinese and English.
//!
//! A catalogue by nature: data, not logic.

/// A leaf category: where it stands, what its things cost, what is bought with them.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) department: &'static str,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
    /// The middle price in yuan.
    pub(crate) yuan: f64,
    /// The leaf (by its English name) that goes with it.
    pub(crate) with: &'static str,
    /// Days after which it is used up and bought again; 0 for things that last.
    pub(crate) again_days: u32,
}

const fn leaf(
    department: &'static str,
    zh: &'static str,
    en: &'static str,
    yuan: f64,
    with: &'static str,
    again_days: u32,
) -> Leaf {
    Leaf { department, zh, en, yuan, with, again_days }
}

/// Every leaf category.
pub(crate) const LEAVES: &[Leaf] = &[
    leaf("家用电器", "电热水壶", "kettle", 129.0, "tea", 0),
    leaf("家用电器", "电饭煲", "rice cooker", 349.0, "rice", 0),
    leaf("家用电器", "空气炸锅", "air fryer", 299.0, "olive oil", 0),
    leaf("家用电器", "吸尘器", "vacuum cleaner", 899.0, "dust bags", 0),
    leaf("家用电器", "洗衣机", "washing machine", 1999.0, "detergent", 0),
    leaf("家用电器", "咖啡机", "coffee machine", 1299.0, "coffee beans", 0),
    leaf("数码", "手机", "phone", 2999.0, "phone case", 0),
    leaf("数码", "手机壳", "phone case", 39.0, "screen protector", 0),
    leaf("数码", "贴膜", "screen protector", 25.0, "charger", 0),
    leaf("数码", "充电器", "charger", 79.0, "power bank", 0),
    leaf("数码", "充电宝", "power bank", 119.0, "charger", 0),
    leaf("数码", "蓝牙耳机", "earphones", 399.0, "phone", 0),
    leaf("数码", "笔记本电脑", "laptop", 5499.0, "mouse", 0),
    leaf("数码", "鼠标", "mouse", 99.0, "keyboard", 0),
    leaf("数码", "键盘", "keyboard", 199.0, "mouse", 0),
    leaf("食品", "茶叶", "tea", 88.0, "tea set", 30),
    leaf("食品", "咖啡豆", "coffee beans", 78.0, "coffee filters", 21),
    leaf("食品", "大米", "rice", 69.0, "olive oil", 30),
    leaf("食品", "橄榄油", "olive oil", 99.0, "pasta", 45),
    leaf("食品", "意大利面", "pasta", 19.0, "tomato sauce", 20),
    leaf("食品", "番茄酱", "tomato sauce", 15.0, "pasta", 20),
    leaf("食品", "坚果", "nuts", 59.0, "tea", 15),
    leaf("食品", "饼干", "biscuits", 29.0, "tea", 12),
    leaf("日用", "洗衣液", "detergent", 49.0, "softener", 35),
    leaf("日用", "柔顺剂", "softener", 35.0, "detergent", 40),
    leaf("日用", "集尘袋", "dust bags", 29.0, "vacuum cleaner", 60),
    leaf("日用", "咖啡滤纸", "coffee filters", 19.0, "coffee beans", 30),
    leaf("日用", "纸巾", "tissues", 39.0, "detergent", 20),
    leaf("日用", "牙膏", "toothpaste", 25.0, "toothbrush", 40),
    leaf("日用", "牙刷", "toothbrush", 19.0, "toothpaste", 60),
    leaf("家居", "茶具", "tea set", 268.0, "tea", 0),
    leaf("家居", "床单", "bed sheets", 199.0, "pillow", 0),
    leaf("家居", "枕头", "pillow", 129.0, "bed sheets", 0),
    leaf("家居", "台灯", "desk lamp", 159.0, "light bulbs", 0),
    leaf("家居", "灯泡", "light bulbs", 29.0, "desk lamp", 120),
    leaf("家居", "收纳盒", "storage box", 45.0, "bed sheets", 0),
    leaf("服饰", "连衣裙", "dress", 239.0, "handbag", 0),
    leaf("服饰", "衬衫", "shirt", 149.0, "trousers", 0),
    leaf("服饰", "裤子", "trousers", 169.0, "belt", 0),
    leaf("服饰", "皮带", "belt", 99.0, "trousers", 0),
    leaf("服饰", "手提包", "handbag", 459.0, "dress", 0),
    leaf("服饰", "袜子", "socks", 29.0, "running shoes", 90),
    leaf("运动", "跑步鞋", "running shoes", 499.0, "socks", 0),
    leaf("运动", "瑜伽垫", "yoga mat", 89.0, "yoga wear", 0),
    leaf("运动", "瑜伽服", "yoga wear", 159.0, "yoga mat", 0),
    leaf("运动", "水杯", "water bottle", 69.0, "running shoes", 0),
    leaf("运动", "帐篷", "tent", 699.0, "sleeping bag", 0),
    leaf("运动", "睡袋", "sleeping bag", 299.0, "tent", 0),
    leaf("美妆", "面霜", "face cream", 199.0, "cleanser", 60),
    leaf("美妆", "洁面乳", "cleanser", 79.0, "face cream", 45),
    leaf("美妆", "口红", "lipstick", 219.0, "makeup remover", 0),
    leaf("美妆", "卸妆水", "makeup remover", 69.0, "cotton pads", 45),
    leaf("美妆", "化妆棉", "cotton pads", 15.0, "makeup remover", 30),
    leaf("母婴", "纸尿裤", "nappies", 139.0, "baby wipes", 14),
    leaf("母婴", "婴儿湿巾", "baby wipes", 39.0, "nappies", 14),
    leaf("母婴", "奶粉", "milk powder", 329.0, "feeding bottle", 21),
    leaf("母婴", "奶瓶", "feeding bottle", 89.0, "milk powder", 0),
    leaf("宠物", "猫粮", "cat food", 129.0, "cat litter", 30),
    leaf("宠物", "猫砂", "cat litter", 49.0, "cat food", 20),
    leaf("宠物", "狗粮", "dog food", 149.0, "dog treats", 30),
    leaf("宠物", "狗零食", "dog treats", 39.0, "dog food", 20),
];

/// Departments in English.
pub(crate) const DEPARTMENTS: &[(&str, &str)] = &[
    ("家用电器", "Appliances"),
    ("数码", "Electronics"),
    ("食品", "Food"),
    ("日用", "Household"),
    ("家居", "Home"),
    ("服饰", "Fashion"),
    ("运动", "Sports"),
    ("美妆", "Beauty"),
    ("母婴", "Baby"),
    ("宠物", "Pets"),
];

/// Makers' names, invented, with a factor on the price.
pub(crate) const BRANDS: &[(&str, &str, f64)] = &[
    ("青禾", "Qinghe", 0.8),
    ("云栖", "Yunqi", 1.0),
    ("北屿", "Beiyu", 1.1),
    ("木石", "Mushi", 0.9),
    ("星野", "Xingye", 1.3),
    ("朴素", "Pusu", 0.7),
    ("雁南", "Yannan", 1.0),
    ("海沐", "Haimu", 1.2),
    ("知白", "Zhibai", 1.5),
    ("一粟", "Yisu", 0.6),
    ("远山", "Yuanshan", 1.0),
    ("鹿鸣", "Luming", 1.8),
];

/// Styles within a category: what a customer is faithful to.
pub(crate) const STYLES: &[(&str, &str)] = &[
    ("简约", "plain"),
    ("复古", "retro"),
    ("轻奢", "fine"),
    ("户外", "outdoor"),
    ("可爱", "cute"),
    ("专业", "professional"),
];

/// Colours.
pub(crate) const COLOURS: &[(&str, &str)] = &[
    ("白色", "white"),
    ("黑色", "black"),
    ("红色", "red"),
    ("蓝色", "blue"),
    ("绿色", "green"),
    ("米色", "beige"),
    ("灰色", "grey"),
];

/// Where customers live.
pub(crate) const PLACES: &[&str] =
    &["北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京", "重庆"];

/// Where visits come from.
pub(crate) const REFERRERS: &[&str] = &["direct", "search", "ad", "share"];

/// Other shops that sell the same things.
pub(crate) const COMPETITORS: &[&str] = &["万物集", "好邻铺", "极速达"];

/// Who delivers to the shop.
pub(crate) const SUPPLIERS: &[&str] = &[
    "华东供应链",
    "岭南制造",
    "川渝商贸",
    "北方仓配",
    "海丝进出口",
    "中原实业",
    "滇云农场",
    "闽粤工坊",
];

/// How old customers are.
pub(crate) const AGE_BANDS: &[&str] = &["18-24", "25-34", "35-44", "45-54", "55+"];
