//! The page around its data.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

const FRAME: &str = include_str!("../../page/report.html");
const STYLE: &str = include_str!("../../page/report.css");
/// In the order in which they need one another.
const SCRIPTS: &[&str] = &[
    include_str!("../../page/vendor/echarts.min.js"),
    include_str!("../../page/elements.js"),
    include_str!("../../page/data.js"),
    include_str!("../../page/evidence.js"),
    include_str!("../../page/filters.js"),
    include_str!("../../page/charts.js"),
    include_str!("../../page/overview.js"),
    include_str!("../../page/actors.js"),
    include_str!("../../page/network.js"),
    include_str!("../../page/trend.js"),
    include_str!("../../page/claims.js"),
    include_str!("../../page/outlets.js"),
    include_str!("../../page/turns.js"),
    include_str!("../../page/main.js"),
];

/// The page with `json` in it.
pub(crate) fn page(json: &str) -> String {
    let scripts: Vec<String> =
        SCRIPTS.iter().map(|script| format!("<script>{script}</script>\n")).collect();
    let hashes: Vec<String> = SCRIPTS.iter().map(|script| source(script)).collect();
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hashes.join(" "),
        source(STYLE)
    );
    // The data go in last, so that nothing in them is taken for a place.
    FRAME
        .replace("{{policy}}", &policy)
        .replace("{{style}}", STYLE)
        .replace("{{scripts}}", &scripts.concat())
        .replace("{{data}}", &inert(json))
}

/// How a policy names a text.
fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// JSON without a character that HTML or a script gives a meaning to.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{SCRIPTS, STYLE, inert, page};

    #[test]
    fn data_cannot_leave_their_element() {
        let json = r#"["</script><script>alert(1)</script>","<!--","{{scripts}}"]"#;
        let safe = inert(json);
        assert!(!safe.contains('<') && !safe.contains('>'), "{safe}");
        assert_eq!(
            serde_json::from_str::<Vec<String>>(&safe).unwrap(),
            serde_json::from_str::<Vec<String>>(json).unwrap()
        );
        let page = page(json);
        assert_eq!(page.matches("</script").count(), SCRIPTS.len() + 1);
        assert_eq!(page.matches("alert(1)").count(), 1);
    }

    #[test]
    fn what_is_put_into_the_page_cannot_end_its_element() {
        for script in SCRIPTS {
            assert!(!script.contains("</script") && !script.contains("<!--"));
            assert!(!script.contains("{{"), "a script has the mark of a place");
        }
        assert!(!STYLE.contains("</style"));
    }

    #[test]
    fn the_page_loads_nothing() {
        let page = page("{}");
        assert!(page.contains("default-src 'none'"));
        for tag in ["<link", "<img", "<iframe", " src=", "@import", "url("] {
            assert!(!super::FRAME.contains(tag) && !STYLE.contains(tag), "{tag}");
        }
    }
}
