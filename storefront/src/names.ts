// How items, prices and categories are written in the visitor's language.

import type { Item } from "@shopkeeper/web";
import { state } from "./state";

/**
 * English names of the demo shop's categories and attribute values: the API carries titles in two
 * languages, but categories and attributes in the shop's own. What is missing stays as it is.
 */
const ENGLISH: Record<string, string> = {
  家用电器: "Appliances",
  数码: "Electronics",
  食品: "Food",
  日用: "Household",
  家居: "Home",
  服饰: "Fashion",
  运动: "Sports",
  美妆: "Beauty",
  母婴: "Baby",
  宠物: "Pets",
  电热水壶: "Kettles",
  电饭煲: "Rice cookers",
  空气炸锅: "Air fryers",
  吸尘器: "Vacuum cleaners",
  洗衣机: "Washing machines",
  咖啡机: "Coffee machines",
  手机: "Phones",
  手机壳: "Phone cases",
  贴膜: "Screen protectors",
  充电器: "Chargers",
  充电宝: "Power banks",
  蓝牙耳机: "Earphones",
  笔记本电脑: "Laptops",
  鼠标: "Mice",
  键盘: "Keyboards",
  茶叶: "Tea",
  咖啡豆: "Coffee beans",
  大米: "Rice",
  橄榄油: "Olive oil",
  意大利面: "Pasta",
  番茄酱: "Tomato sauce",
  坚果: "Nuts",
  饼干: "Biscuits",
  洗衣液: "Detergent",
  柔顺剂: "Softener",
  集尘袋: "Dust bags",
  咖啡滤纸: "Coffee filters",
  纸巾: "Tissues",
  牙膏: "Toothpaste",
  牙刷: "Toothbrushes",
  茶具: "Tea sets",
  床单: "Bed sheets",
  枕头: "Pillows",
  台灯: "Desk lamps",
  灯泡: "Light bulbs",
  收纳盒: "Storage boxes",
  连衣裙: "Dresses",
  衬衫: "Shirts",
  裤子: "Trousers",
  皮带: "Belts",
  手提包: "Handbags",
  袜子: "Socks",
  跑步鞋: "Running shoes",
  瑜伽垫: "Yoga mats",
  瑜伽服: "Yoga wear",
  水杯: "Water bottles",
  帐篷: "Tents",
  睡袋: "Sleeping bags",
  面霜: "Face cream",
  洁面乳: "Cleanser",
  口红: "Lipstick",
  卸妆水: "Makeup remover",
  化妆棉: "Cotton pads",
  纸尿裤: "Nappies",
  婴儿湿巾: "Baby wipes",
  奶粉: "Milk powder",
  奶瓶: "Feeding bottles",
  猫粮: "Cat food",
  猫砂: "Cat litter",
  狗粮: "Dog food",
  狗零食: "Dog treats",
  白色: "White",
  黑色: "Black",
  红色: "Red",
  蓝色: "Blue",
  绿色: "Green",
  灰色: "Grey",
  米色: "Beige",
  简约: "Plain",
  复古: "Retro",
  轻奢: "Fine",
  户外: "Outdoor",
  可爱: "Cute",
  专业: "Professional",
};

export function term(name: string): string {
  return state.language === "en" ? (ENGLISH[name] ?? name) : name;
}

export function titleOf(item: Item): string {
  const own = state.language === "zh" ? item.title_zh : item.title_en;
  return own ?? item.title_en ?? item.title_zh ?? item.item_id;
}

export function money(amount: number, currency: string | null): string {
  return new Intl.NumberFormat(state.language === "zh" ? "zh-CN" : "en", {
    style: "currency",
    currency: currency ?? "CNY",
    currencyDisplay: "narrowSymbol",
  }).format(amount);
}

export function priceOf(item: Item): string {
  return item.price === null ? "" : money(item.price, item.currency);
}
