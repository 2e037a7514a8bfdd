//! Values of headers. They are bytes: a byte that is not ASCII makes one part of a value unreadable, and never the whole.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, COOKIE, HeaderName, HeaderValue};

/// Returns the first value of a header as text. Bytes that are not UTF-8 become U+FFFD.
pub fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Returns the media type of the body in lower case, without its parameters: none changes what a type means that we accept
/// (RFC 8259, 11). Returns nothing if there is no type, or more than one.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(CONTENT_TYPE).iter().map(HeaderValue::as_bytes);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let essence = value.split(|byte| *byte == b';').next()?.trim_ascii();
    std::str::from_utf8(essence).ok().map(str::to_ascii_lowercase)
}

/// Returns the value of a cookie (RFC 6265, 5.4). A cookie that is sent twice is ignored, because browsers do not do
/// this.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let mut values = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="));
    let value = values.next().filter(|_| values.next().is_none())?;
    std::str::from_utf8(value).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::{CONTENT_TYPE, COOKIE, HeaderValue};

    use super::{cookie, media_type};

    fn headers(name: http::HeaderName, values: &[&[u8]]) -> HeaderMap {
        let value = |value: &&[u8]| (name.clone(), HeaderValue::from_bytes(value).expect("a header value"));
        values.iter().map(value).collect()
    }

    #[test]
    fn fc1_only_the_pair_that_cannot_be_read_is_skipped() {
        for (lines, value) in [
            (&[&b"city=Torrej\xf3n; id=7"[..]][..], Some("7")),
            (&["name=René; id=7; město=Brno".as_bytes()], Some("7")),
            (&[b"\xff\xfe", b"id=7"], Some("7")),
            (&[b"id=7;"], Some("7")),
            (&[b" ; =; id=7=8 ;;"], Some("7=8")),
            (&[b"id=\xf3"], None),
            (&[b"id=7; id=8"], None),
            (&[b"id=7", b"id=7"], None),
            (&[b"ID=7; idd=7; id"], None),
            (&[], None),
        ] {
            assert_eq!(cookie(&headers(COOKIE, lines), "id"), value, "{lines:?}");
        }
    }

    #[test]
    fn fc10_the_parameters_of_a_media_type_do_not_matter() {
        for kind in [
            &b"application/json"[..],
            b"Application/JSON",
            b"application/json;",
            b"application/json ; ; charset=utf8",
            b"application/json; charset=us-ascii",
            b"application/json; name=\"a;b\"; caf\xe9=1",
        ] {
            assert_eq!(media_type(&headers(CONTENT_TYPE, &[kind])).as_deref(), Some("application/json"), "{kind:?}");
        }
        for kinds in [&[][..], &[b"\xe9".as_slice()], &[b"application/json", b"application/json"]] {
            assert_eq!(media_type(&headers(CONTENT_TYPE, kinds)), None, "{kinds:?}");
        }
        let list = headers(CONTENT_TYPE, &[b"application/json, text/plain"]);
        assert_eq!(media_type(&list).as_deref(), Some("application/json, text/plain"));
    }
}
