//! What do the things look like? An HTML page with three of each category on standard output:
//! `cargo run -p sim --example pictures > pictures.html`
#![expect(clippy::print_stdout, reason = "it is asked on the command line")]

use sim::{Shop, SimOptions};

fn main() {
    let shop = Shop::new(SimOptions { items: 61 * 6, ..SimOptions::default() });
    println!("<!doctype html><meta charset=utf-8><body style='font:11px sans-serif'>");
    for item in shop.items().enumerate().filter(|(n, _)| n % 6 < 3).map(|(_, item)| item) {
        let picture = shop.picture(&item.id).unwrap_or_default();
        let title = item.title(true);
        println!(
            "<figure style='display:inline-block;width:104px;margin:2px'>{picture}<figcaption>{title}</figcaption></figure>"
        );
    }
}
