//! Addresses: the form in which two spellings of one address are equal.

/// Parameters that say where a reader came from, not what is read; a final `*` stands for any ending.
#[rustfmt::skip]
const TRACKING: [&str; 21] = [
    "utm_*", "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid",
    "igshid", "igsh", "mc_cid", "mc_eid", "_ga", "_gl", "at_medium", "at_campaign", "cmpid", "ocid",
];

/// The canonical form of an absolute `http` or `https` address; `None` for anything else.
///
/// Scheme and host are lower-cased; the default port, tracking parameters, a fragment and trailing slashes are
/// dropped. A fragment that names a page (`#!` or `#/`) stays: without it all pages of such a site would be one.
///
/// ```
/// use samestory::text::url::canonical;
///
/// let url = "HTTPS://News.example:443/a/?utm_source=feed&id=7#comments";
/// assert_eq!(canonical(url).as_deref(), Some("https://news.example/a?id=7"));
/// assert_eq!(canonical("no address"), None);
/// ```
pub fn canonical(url: &str) -> Option<String> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.to_lowercase();
    let host = host.strip_suffix(default_port).unwrap_or(&host);
    if host.is_empty() || host.contains(char::is_whitespace) {
        return None;
    }
    let mut canonical = format!("{scheme}://{host}{}", path.trim_end_matches('/'));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair));
    for (i, pair) in kept.enumerate() {
        canonical.push(if i == 0 { '?' } else { '&' });
        canonical.push_str(pair);
    }
    if fragment.starts_with(['!', '/']) {
        canonical.push('#');
        canonical.push_str(fragment);
    }
    Some(canonical)
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair).to_ascii_lowercase();
    TRACKING.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *pattern,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_equal() {
        let page = Some("https://www.example.com/News/a?id=7&page=2".to_owned());
        for url in [
            "https://www.example.com/News/a?id=7&page=2",
            " HTTPS://WWW.Example.com:443/News/a/?utm_source=x&id=7&fbclid=1&page=2#comments ",
        ] {
            assert_eq!(canonical(url), page, "{url}");
            assert_eq!(canonical(&canonical(url).unwrap()), page, "not idempotent");
        }
        assert_eq!(canonical("http://example.com/").as_deref(), Some("http://example.com"));
        assert_eq!(
            canonical("http://example.com:8080/?gclid=1").as_deref(),
            Some("http://example.com:8080")
        );
        assert_eq!(canonical("https://a.b/#/news/1").as_deref(), Some("https://a.b#/news/1"));
    }

    #[test]
    fn what_is_no_address_has_no_canonical_form() {
        for url in [
            "",
            "/news/1",
            "www.example.com",
            "ftp://example.com/a",
            "https://",
            "https://a b/c",
            "://",
        ] {
            assert_eq!(canonical(url), None, "{url}");
        }
    }
}
