//! What shape has a thing? A silhouette for each leaf category; a catalogue by nature.

use super::parts::Tone::{Dark, Gold, Ink, Leaf, Light, Main, Pattern, Sky, Steel, White, Wood};
use super::parts::{
    Part, bottle, carton, circle, jar, jug, line, oval, pack, path, pouch, rect, sack, tin,
};
use crate::words::LEAVES;

/// The parts of a leaf category's things, from back to front.
pub(crate) fn of(leaf: u8) -> Vec<Part> {
    let leaf = &LEAVES[leaf as usize % LEAVES.len()];
    match leaf.department {
        "家用电器" => appliance(leaf.en),
        "数码" => device(leaf.en),
        "食品" => food(leaf.en),
        "日用" => household(leaf.en),
        "家居" => home(leaf.en),
        "服饰" => fashion(leaf.en),
        "运动" => sport(leaf.en),
        "美妆" => beauty(leaf.en),
        "母婴" => baby(leaf.en),
        _ => pet(leaf.en),
    }
}

fn appliance(en: &str) -> Vec<Part> {
    match en {
        "kettle" => vec![
            line("M78 44Q100 46 94 78", 7.0, Dark),
            path("M38 52L22 40L26 36L42 42Z", Dark),
            path("M40 40H78L86 94Q86 100 80 100H38Q32 100 32 94Z", Pattern),
            path("M42 40Q59 22 76 40Z", Light),
            circle(59.0, 28.0, 4.0, Dark),
        ],
        "rice cooker" => vec![
            rect([34.0, 96.0, 52.0, 5.0], 2.0, Ink),
            path("M24 60H96V80Q96 98 78 98H42Q24 98 24 80Z", Pattern),
            path("M24 60Q28 34 60 34Q92 34 96 60Z", Light),
            rect([50.0, 27.0, 20.0, 8.0], 4.0, Dark),
            rect([46.0, 70.0, 28.0, 16.0], 4.0, Ink),
            circle(54.0, 78.0, 3.0, Gold),
            circle(66.0, 78.0, 3.0, Sky),
        ],
        "air fryer" => vec![
            path("M34 30Q36 18 60 18Q84 18 86 30L90 94Q90 100 84 100H36Q30 100 30 94Z", Pattern),
            rect([36.0, 60.0, 48.0, 34.0], 6.0, Dark),
            rect([54.0, 68.0, 12.0, 22.0], 6.0, Steel),
            circle(60.0, 40.0, 10.0, White),
            line("M60 40L65 35", 2.5, Ink),
        ],
        "vacuum cleaner" => vec![
            line("M78 20L52 92", 6.0, Steel),
            path("M64 40L82 46L72 76Q68 82 62 80L54 76Z", Pattern),
            line("M76 24Q94 26 84 48", 5.0, Dark),
            circle(68.0, 62.0, 7.0, Light),
            path("M28 92Q30 86 38 86H62V100H30Q26 100 28 92Z", Dark),
        ],
        "washing machine" => vec![
            rect([28.0, 22.0, 64.0, 78.0], 6.0, Pattern),
            rect([28.0, 22.0, 64.0, 16.0], 6.0, Light),
            circle(38.0, 30.0, 3.5, Dark),
            rect([64.0, 27.0, 20.0, 6.0], 2.0, Ink),
            circle(60.0, 68.0, 23.0, White),
            circle(60.0, 68.0, 18.0, Sky),
            path("M42 70Q51 62 60 70T78 70Q76 86 60 86Q44 86 42 70Z", Steel),
        ],
        _ => vec![
            path("M32 24H88V40H58V84H92V100H32Z", Pattern),
            rect([62.0, 40.0, 18.0, 8.0], 2.0, Ink),
            path("M62 62H80V78Q80 84 74 84H68Q62 84 62 78Z", White),
            line("M80 66Q88 66 86 73Q85 77 80 77", 3.0, White),
            line("M71 50V58", 3.0, Wood),
            circle(43.0, 34.0, 4.0, Gold),
        ],
    }
}

fn device(en: &str) -> Vec<Part> {
    match en {
        "phone" => vec![
            rect([38.0, 18.0, 44.0, 82.0], 9.0, Dark),
            rect([41.0, 22.0, 38.0, 74.0], 6.0, Pattern),
            rect([52.0, 25.0, 16.0, 4.0], 2.0, Ink),
            path("M41 72L54 56L64 66L72 58L79 66V90Q79 96 73 96H47Q41 96 41 90Z", Light),
            circle(68.0, 44.0, 6.0, Gold),
        ],
        "phone case" => vec![
            rect([36.0, 16.0, 48.0, 84.0], 12.0, Pattern),
            rect([42.0, 22.0, 20.0, 20.0], 7.0, Ink),
            circle(48.0, 28.0, 3.5, Steel),
            circle(56.0, 36.0, 3.5, Steel),
            circle(56.0, 28.0, 2.0, Gold),
        ],
        "screen protector" => vec![
            rect([30.0, 24.0, 42.0, 74.0], 7.0, Pattern),
            rect([46.0, 18.0, 42.0, 78.0], 7.0, Sky),
            line("M56 66L76 34M60 78L80 46", 3.0, White),
            path("M76 18H88V30Z", Dark),
        ],
        "charger" => vec![
            line("M60 84Q60 104 84 96Q98 90 92 74", 4.0, Ink),
            rect([36.0, 40.0, 48.0, 46.0], 9.0, Pattern),
            rect([46.0, 22.0, 6.0, 20.0], 2.0, Steel),
            rect([68.0, 22.0, 6.0, 20.0], 2.0, Steel),
            path("M63 48L52 66H60L57 78L69 60H61Z", Gold),
        ],
        "power bank" => vec![
            rect([24.0, 50.0, 72.0, 50.0], 10.0, Pattern),
            rect([84.0, 64.0, 12.0, 8.0], 2.0, Ink),
            rect([32.0, 58.0, 44.0, 18.0], 5.0, White),
            rect([35.0, 61.0, 10.0, 12.0], 2.0, Leaf),
            rect([48.0, 61.0, 10.0, 12.0], 2.0, Leaf),
            rect([61.0, 61.0, 10.0, 12.0], 2.0, Steel),
            line("M90 64V40Q90 30 80 30H70", 4.0, Ink),
        ],
        "earphones" => vec![
            path("M30 76Q30 60 60 60Q90 60 90 76V86Q90 100 76 100H44Q30 100 30 86Z", Pattern),
            line("M32 78H88", 2.0, Dark),
            circle(60.0, 87.0, 3.0, Gold),
            rect([40.0, 32.0, 8.0, 26.0], 4.0, Light),
            circle(43.0, 32.0, 10.0, Main),
            rect([72.0, 32.0, 8.0, 26.0], 4.0, Light),
            circle(77.0, 32.0, 10.0, Main),
            circle(41.0, 32.0, 4.0, Ink),
            circle(79.0, 32.0, 4.0, Ink),
        ],
        "laptop" => vec![
            rect([28.0, 38.0, 64.0, 46.0], 5.0, Dark),
            rect([32.0, 42.0, 56.0, 38.0], 2.0, Pattern),
            rect([38.0, 48.0, 26.0, 5.0], 2.0, White),
            rect([38.0, 57.0, 38.0, 5.0], 2.0, White),
            path("M16 90L26 84H94L104 90V96Q104 100 98 100H22Q16 100 16 96Z", Steel),
            rect([50.0, 88.0, 20.0, 4.0], 2.0, Ink),
        ],
        "mouse" => vec![
            line("M60 34Q60 16 78 18", 4.0, Ink),
            rect([38.0, 32.0, 44.0, 68.0], 22.0, Pattern),
            path("M38 58H82V54Q82 32 60 32Q38 32 38 54Z", Light),
            line("M60 32V58", 2.0, Dark),
            rect([56.5, 40.0, 7.0, 14.0], 3.5, Ink),
        ],
        _ => vec![
            rect([14.0, 52.0, 92.0, 46.0], 7.0, Pattern),
            line("M24 62H30M38 62H44M52 62H58M66 62H72M80 62H96", 7.0, White),
            line("M24 75H34M44 75H50M58 75H64M72 75H78M88 75H96", 7.0, White),
            line("M24 88H28M42 88H78M90 88H96", 7.0, White),
        ],
    }
}

fn food(en: &str) -> Vec<Part> {
    match en {
        "tea" => tin(&[
            path("M60 80Q40 74 46 56Q62 58 60 80Z", Leaf),
            path("M60 80Q78 76 76 54Q60 60 60 80Z", Leaf),
        ]),
        "coffee beans" => pouch(&[
            oval([53.0, 68.0, 7.0, 11.0], Wood),
            line("M53 58Q50 68 53 78", 1.6, White),
            oval([67.0, 68.0, 7.0, 11.0], Wood),
            line("M67 58Q70 68 67 78", 1.6, White),
        ]),
        "rice" => sack(&[
            line("M60 84V58", 2.5, Leaf),
            line("M54 62L57 66M66 62L63 66M53 70L57 74M67 70L63 74M60 54V57", 5.0, Gold),
        ]),
        "olive oil" => vec![
            rect([53.0, 14.0, 14.0, 12.0], 3.0, Ink),
            path(
                "M54 26H66V44Q78 50 78 62V94Q78 100 72 100H48Q42 100 42 94V62Q42 50 54 44Z",
                Pattern,
            ),
            rect([42.0, 64.0, 36.0, 26.0], 0.0, White),
            oval([60.0, 78.0, 7.0, 8.0], Leaf),
            path("M60 70Q64 63 72 66Q68 72 60 70Z", Leaf),
        ],
        "pasta" => vec![
            line("M48 18L52 60M54 14L56 60M60 12V60M66 14L64 60M72 18L68 60", 3.6, Gold),
            rect([38.0, 44.0, 44.0, 56.0], 6.0, Pattern),
            rect([44.0, 60.0, 32.0, 26.0], 6.0, White),
            line("M50 73Q55 65 60 73T70 73", 3.0, Gold),
        ],
        "tomato sauce" => vec![
            path("M42 38H78V92Q78 100 70 100H50Q42 100 42 92Z", Pattern),
            rect([40.0, 24.0, 40.0, 15.0], 4.0, Dark),
            rect([42.0, 52.0, 36.0, 34.0], 0.0, White),
            circle(60.0, 71.0, 11.0, Main),
            path("M60 62L52 58L60 60L68 58Z", Leaf),
        ],
        "nuts" => pouch(&[
            path("M60 82Q46 76 48 64H72Q74 76 60 82Z", Wood),
            path("M46 64Q48 54 60 55Q72 54 74 64Z", Gold),
        ]),
        _ => carton(&[
            circle(56.0, 70.0, 19.0, Gold),
            circle(49.0, 64.0, 2.5, Wood),
            circle(61.0, 62.0, 2.5, Wood),
            circle(65.0, 73.0, 2.5, Wood),
            circle(54.0, 77.0, 2.5, Wood),
        ]),
    }
}

fn household(en: &str) -> Vec<Part> {
    match en {
        "detergent" => jug(&[circle(48.0, 76.0, 6.0, Sky), circle(57.0, 82.0, 4.0, Sky)]),
        "softener" => bottle(&[
            circle(60.0, 66.0, 4.0, Main),
            circle(54.0, 73.0, 4.0, Main),
            circle(66.0, 73.0, 4.0, Main),
            circle(60.0, 78.0, 4.0, Main),
            circle(60.0, 72.0, 3.0, Gold),
        ]),
        "dust bags" => vec![
            path("M30 40H90L84 100H36Z", Pattern),
            rect([26.0, 26.0, 68.0, 18.0], 3.0, Wood),
            circle(60.0, 35.0, 7.0, Ink),
            line("M46 60V84M60 60V84M74 60V84", 2.5, Light),
        ],
        "coffee filters" => vec![
            path("M22 40H98L74 94Q72 100 66 100H54Q48 100 46 94Z", Pattern),
            oval([60.0, 40.0, 38.0, 9.0], Light),
            oval([60.0, 41.0, 29.0, 6.0], Wood),
            line("M44 58L54 90M60 58V90M76 58L66 90", 1.6, Dark),
        ],
        "tissues" => vec![
            path("M46 52Q44 30 56 34Q60 18 70 32Q80 30 76 52Z", White),
            path("M24 52H96V94Q96 100 90 100H30Q24 100 24 94Z", Pattern),
            oval([60.0, 53.0, 22.0, 5.0], Dark),
            path("M48 53Q52 42 60 46Q70 42 72 53Z", White),
        ],
        "toothpaste" => vec![
            path("M28 22H92L76 84H44Z", Pattern),
            rect([25.0, 16.0, 70.0, 9.0], 2.0, Dark),
            rect([48.0, 84.0, 24.0, 16.0], 4.0, Ink),
            path("M42 40Q60 32 78 40L75 52Q60 44 45 52Z", White),
        ],
        _ => vec![
            path("M50 46H58L60 96Q60 100 54 100Q48 100 48 96Z", Pattern),
            path("M64 46H72L74 96Q74 100 68 100Q62 100 62 96Z", Light),
            rect([49.0, 18.0, 10.0, 30.0], 3.0, Main),
            line("M48 22H44M48 28H44M48 34H44M48 40H44", 4.0, White),
            rect([63.0, 18.0, 10.0, 30.0], 3.0, Dark),
            line("M74 22H78M74 28H78M74 34H78M74 40H78", 4.0, White),
        ],
    }
}

fn home(en: &str) -> Vec<Part> {
    match en {
        "tea set" => vec![
            line("M70 56Q92 54 82 78", 5.0, Dark),
            path("M30 66L14 52L19 48L34 58Z", Dark),
            oval([54.0, 72.0, 28.0, 22.0], Pattern),
            path("M38 55Q54 42 70 55Z", Light),
            circle(54.0, 44.0, 4.0, Dark),
            path("M76 82H104Q104 100 90 100Q76 100 76 82Z", White),
            oval([90.0, 82.0, 14.0, 3.5], Wood),
        ],
        "bed sheets" => vec![
            rect([24.0, 80.0, 72.0, 20.0], 9.0, Dark),
            rect([24.0, 60.0, 72.0, 22.0], 10.0, Pattern),
            rect([24.0, 40.0, 72.0, 22.0], 10.0, Light),
            rect([52.0, 36.0, 14.0, 64.0], 2.0, White),
            path("M59 44L48 34H70Z", Gold),
        ],
        "pillow" => vec![
            path("M20 46Q60 34 100 46Q94 70 100 94Q60 106 20 94Q26 70 20 46Z", Pattern),
            line("M34 56Q42 64 42 70M86 56Q78 64 78 70M42 86Q60 92 78 86", 2.4, Dark),
        ],
        "desk lamp" => vec![
            path("M34 52L16 92H74Z", Gold),
            rect([52.0, 93.0, 44.0, 8.0], 4.0, Dark),
            line("M74 94L86 58L58 34", 5.0, Steel),
            path("M34 52Q34 26 62 24L68 42Q58 58 34 52Z", Pattern),
            circle(86.0, 58.0, 5.0, Dark),
        ],
        "light bulbs" => vec![
            path("M60 18Q88 18 88 46Q88 60 74 72V80H46V72Q32 60 32 46Q32 18 60 18Z", Pattern),
            line("M52 74V56L60 62L68 56V74", 3.0, Gold),
            rect([46.0, 80.0, 28.0, 7.0], 2.0, Steel),
            rect([48.0, 88.0, 24.0, 6.0], 2.0, Steel),
            rect([54.0, 95.0, 12.0, 5.0], 2.5, Ink),
        ],
        _ => vec![
            path("M24 52H96L90 100H30Z", Pattern),
            rect([20.0, 40.0, 80.0, 14.0], 5.0, Dark),
            rect([48.0, 64.0, 24.0, 10.0], 5.0, White),
            line("M36 88H84", 2.0, Light),
        ],
    }
}

fn fashion(en: &str) -> Vec<Part> {
    match en {
        "dress" => vec![
            path("M46 20L52 34H68L74 20L80 24L74 54L94 98Q60 106 26 98L46 54L40 24Z", Pattern),
            rect([46.0, 51.0, 28.0, 6.0], 2.0, Dark),
        ],
        "shirt" => vec![
            path("M44 24L60 32L76 24L102 42L92 60L82 54V100H38V54L28 60L18 42Z", Pattern),
            path("M44 24L60 42L76 24L60 32Z", White),
            line("M60 46V98", 1.6, Dark),
            circle(63.5, 58.0, 1.8, White),
            circle(63.5, 72.0, 1.8, White),
            circle(63.5, 86.0, 1.8, White),
        ],
        "trousers" => vec![
            path("M38 20H82L90 100H68L60 48L52 100H30Z", Pattern),
            rect([38.0, 18.0, 44.0, 8.0], 2.0, Dark),
            circle(60.0, 22.0, 2.2, Gold),
            line("M42 30Q44 38 38 40M78 30Q76 38 82 40", 1.8, Dark),
        ],
        "belt" => vec![
            line("M60 36Q98 36 98 66Q98 92 60 92Q26 92 26 68Q26 46 60 46H92", 11.0, Pattern),
            line("M52 36H72V56H52Z", 4.0, Gold),
            line("M62 46H76", 3.0, Gold),
        ],
        "handbag" => vec![
            line("M42 52Q42 20 60 20Q78 20 78 52", 5.0, Dark),
            path("M28 50H92L98 92Q98 100 90 100H30Q22 100 22 92Z", Pattern),
            path("M28 50H92L94 66Q60 80 26 66Z", Light),
            circle(60.0, 72.0, 5.0, Gold),
        ],
        _ => vec![
            path("M44 20H66V62L86 76Q94 84 86 94Q80 100 72 96L46 82Q44 80 44 74Z", Pattern),
            rect([42.0, 17.0, 26.0, 11.0], 3.0, Dark),
            path("M66 62L54 76L46 74Q52 62 66 62Z", Light),
            path("M86 76Q94 84 86 94Q80 100 74 97Q74 82 86 76Z", Light),
        ],
    }
}

fn sport(en: &str) -> Vec<Part> {
    match en {
        "running shoes" => vec![
            path("M18 88H102Q106 100 96 100H24Q16 100 18 88Z", White),
            path("M18 88Q16 66 24 54L34 62Q44 60 48 50L58 54Q72 74 94 76Q102 80 102 88Z", Pattern),
            line("M52 64L60 58M58 70L66 64M66 75L73 69", 2.6, White),
            path("M28 88Q44 72 64 82L60 88Z", Light),
        ],
        "yoga mat" => vec![
            path("M44 84H108V100H44Z", Light),
            circle(40.0, 74.0, 26.0, Pattern),
            line("M40 74m0 -18a18 18 0 1 1 -17 12M40 74m0 -9a9 9 0 1 0 9 9", 2.6, Dark),
            circle(40.0, 74.0, 3.0, Dark),
        ],
        "yoga wear" => vec![
            path("M42 18L48 30Q60 38 72 30L78 18L84 20L80 52H40L36 20Z", Pattern),
            path("M40 58H80L86 100H68L60 72L52 100H34Z", Main),
            rect([40.0, 56.0, 40.0, 7.0], 2.0, Dark),
        ],
        "water bottle" => vec![
            line("M54 22Q60 10 66 22", 4.0, Ink),
            rect([50.0, 20.0, 20.0, 12.0], 3.0, Dark),
            rect([40.0, 32.0, 40.0, 68.0], 10.0, Pattern),
            rect([46.0, 44.0, 6.0, 36.0], 3.0, Light),
            rect([40.0, 84.0, 40.0, 5.0], 0.0, Dark),
        ],
        "tent" => vec![
            path("M60 26L108 100H12Z", Pattern),
            path("M60 26L88 100H108Z", Dark),
            path("M60 46L78 100H42Z", Ink),
            path("M60 46L42 100H54Z", Light),
            line("M60 26L64 16L74 20L63 24", 2.0, Gold),
        ],
        _ => vec![
            path("M36 30Q36 16 60 16Q84 16 84 30L88 84Q88 100 60 100Q32 100 32 84Z", Pattern),
            oval([60.0, 34.0, 18.0, 12.0], Dark),
            oval([60.0, 33.0, 13.0, 8.0], White),
            line("M74 46V92", 2.4, Gold),
            line("M36 60H70M35 78H70", 2.0, Dark),
        ],
    }
}

fn beauty(en: &str) -> Vec<Part> {
    match en {
        "face cream" => {
            jar(&[rect([42.0, 76.0, 36.0, 14.0], 3.0, White), circle(60.0, 83.0, 4.0, Gold)])
        }
        "cleanser" => vec![
            path("M36 20H84L78 82H42Z", Pattern),
            rect([34.0, 16.0, 52.0, 6.0], 2.0, Light),
            rect([46.0, 82.0, 28.0, 18.0], 4.0, Dark),
            circle(56.0, 50.0, 7.0, White),
            circle(66.0, 42.0, 4.0, White),
            circle(66.0, 57.0, 3.0, White),
        ],
        "lipstick" => vec![
            path("M50 50V30L70 18V50Z", Main),
            rect([48.0, 48.0, 24.0, 16.0], 2.0, Gold),
            rect([44.0, 62.0, 32.0, 38.0], 3.0, Pattern),
            rect([82.0, 58.0, 20.0, 42.0], 4.0, Ink),
        ],
        "makeup remover" => bottle(&[path("M60 62Q70 74 66 79Q60 84 54 79Q50 74 60 62Z", Sky)]),
        _ => vec![
            rect([34.0, 32.0, 52.0, 68.0], 10.0, Pattern),
            rect([34.0, 26.0, 52.0, 14.0], 6.0, Dark),
            circle(60.0, 64.0, 17.0, White),
            circle(60.0, 64.0, 12.0, Light),
            line("M53 64H67M60 57V71", 1.6, White),
            oval([94.0, 94.0, 13.0, 6.0], White),
        ],
    }
}

fn baby(en: &str) -> Vec<Part> {
    match en {
        "nappies" => vec![
            path("M18 42H102V58Q84 62 78 84Q74 100 60 100Q46 100 42 84Q36 62 18 58Z", Pattern),
            rect([18.0, 40.0, 84.0, 9.0], 3.0, White),
            rect([22.0, 48.0, 14.0, 7.0], 2.0, Gold),
            rect([84.0, 48.0, 14.0, 7.0], 2.0, Gold),
            path("M60 82Q50 74 53 68Q57 64 60 69Q63 64 67 68Q70 74 60 82Z", White),
        ],
        "baby wipes" => pack(&[
            path("M48 72Q54 46 60 58Q68 44 72 72Z", Light),
            rect([44.0, 70.0, 32.0, 6.0], 3.0, Dark),
        ]),
        "milk powder" => tin(&[
            path("M52 58H68L66 64V76Q66 80 60 80Q54 80 54 76V64Z", Sky),
            rect([54.0, 68.0, 12.0, 9.0], 2.0, Main),
        ]),
        _ => vec![
            path("M54 28Q54 14 60 14Q66 14 66 28Z", Gold),
            rect([44.0, 26.0, 32.0, 14.0], 4.0, Dark),
            rect([42.0, 40.0, 36.0, 60.0], 11.0, Sky),
            path("M42 62H78V89Q78 100 67 100H53Q42 100 42 89Z", Pattern),
            line("M70 50H76M70 58H76M70 66H76M70 74H76M70 82H76", 2.0, White),
        ],
    }
}

fn pet(en: &str) -> Vec<Part> {
    match en {
        "cat food" => pouch(&[
            path("M47 60L49 50L56 56H64L71 50L73 60Q75 80 60 80Q45 80 47 60Z", Ink),
            circle(54.0, 66.0, 2.2, Gold),
            circle(66.0, 66.0, 2.2, Gold),
            line("M57 73L60 71L63 73", 1.6, White),
        ]),
        "cat litter" => vec![
            path("M18 70H102L94 100H26Z", Pattern),
            rect([14.0, 64.0, 92.0, 9.0], 4.0, Dark),
            oval([60.0, 64.0, 38.0, 6.0], Gold),
            line("M84 62L94 26", 6.0, Steel),
            path("M38 62L40 40L47 47H55L62 40L64 62Z", Ink),
            circle(47.0, 54.0, 2.0, Gold),
            circle(56.0, 54.0, 2.0, Gold),
        ],
        "dog food" => sack(&[
            oval([60.0, 71.0, 11.0, 11.0], Wood),
            oval([49.0, 67.0, 4.0, 9.0], Ink),
            oval([71.0, 67.0, 4.0, 9.0], Ink),
            oval([60.0, 76.0, 5.0, 4.0], White),
            circle(56.0, 68.0, 1.8, Ink),
            circle(64.0, 68.0, 1.8, Ink),
            circle(60.0, 74.0, 2.2, Ink),
        ]),
        _ => vec![
            rect([30.0, 50.0, 60.0, 16.0], 8.0, Pattern),
            circle(32.0, 50.0, 11.0, Pattern),
            circle(32.0, 66.0, 11.0, Pattern),
            circle(88.0, 50.0, 11.0, Pattern),
            circle(88.0, 66.0, 11.0, Pattern),
            rect([36.0, 84.0, 48.0, 12.0], 6.0, Wood),
            circle(38.0, 84.0, 7.0, Wood),
            circle(38.0, 96.0, 7.0, Wood),
            circle(82.0, 84.0, 7.0, Wood),
            circle(82.0, 96.0, 7.0, Wood),
        ],
    }
}
