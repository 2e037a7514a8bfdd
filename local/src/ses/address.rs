//! Which addresses SES accepts (<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html>): the part
//! before the `@` is ASCII, because SES does not support SMTPUTF8; a domain with other letters has the form of Punycode; a
//! name with other letters is an encoded word (RFC 2047).

/// Returns the address in `Jane <jane@example.com>` or in `jane@example.com`.
pub(super) fn bare(text: &str) -> &str {
    text.strip_suffix('>').and_then(|text| text.rsplit_once('<')).map_or(text, |(_, address)| address)
}

/// Returns what is wrong with an address, with or without a name.
pub(super) fn fault(text: &str) -> Option<String> {
    let address = bare(text);
    let name = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')).map_or("", |(name, _)| name);
    let Some((local, domain)) = address.rsplit_once('@') else {
        return Some(format!("Missing final '@domain' in {address}"));
    };
    let dots = |part: &str| part.starts_with('.') || part.ends_with('.') || part.contains("..");
    let in_local = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter);
    let in_domain = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
    let is_label = |label: &str| label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-');
    let wrong = if name.contains(char::is_control) || !name.is_ascii() {
        "The name has control characters, or others than ASCII: it is no encoded word"
    } else if local.is_empty() || local.len() > 64 || dots(local) || !local.chars().all(in_local) {
        "Local address contains control, whitespace or other characters that are not allowed"
    } else if domain.is_empty()
        || domain.len() > 255
        || dots(domain)
        || !domain.chars().all(in_domain)
        || !domain.split('.').all(is_label)
    {
        "Domain contains illegal character"
    } else {
        return None;
    };
    Some(format!("{wrong}: {address}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::values::Email;

    use super::fault;

    proptest! {
        #[test]
        fn fc3_ses_refuses_no_address_that_a_reader_can_register(
            address in "[a-z\"(.'+!é -]{1,66}@[a-zé0-9-]{1,65}(\\.[a-z0-9-]{1,4}){0,2}\\.?",
        ) {
            if let Ok(email) = address.parse::<Email>() {
                prop_assert_eq!(fault(email.as_str()), None);
            }
        }
    }

    #[test]
    fn fc3_an_address_that_ses_refuses_is_refused() {
        for right in [
            "jane@example.com",
            "=?UTF-8?Q?Zo=C3=AB?= <jane.doe+x@xn--bcher-kva.example>",
            "library@localhost",
            "o'neill@x.example",
        ] {
            assert_eq!(fault(right), None, "{right}");
        }
        for wrong in [
            "zoe",
            "@example.com",
            "zoe@",
            "josé@example.com",
            "a b@example.com",
            ".a@example.com",
            "a..b@example.com",
            "a.@example.com",
            "a@bücher.example",
            "a@example..com",
            "a@example.com.",
            "a@exa mple.com",
            "a\n@example.com",
            "<a@example.com",
            "a,b@example.com",
            "a\r\n<b@example.com>",
            "Zoë <zoe@example.com>",
            "zoe@-example.com",
            "zoe@example-.com",
        ] {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
        assert!(fault(&format!("{}@example.com", "a".repeat(65))).is_some());
        assert!(fault(&format!("zoe@{}.com", "a".repeat(64))).is_some());
    }
}
