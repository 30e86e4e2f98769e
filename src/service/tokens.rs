//! Who may do what: bearer tokens, kept as digests only.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// What the bearer of a token may do: each role all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look.
    Reader,
    /// Add articles, too.
    Feeder,
    /// Decide, too.
    Editor,
}

impl Role {
    const NAMES: [(&'static str, Self); 3] =
        [("reader", Self::Reader), ("feeder", Self::Feeder), ("editor", Self::Editor)];
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    /// The name beside the token.
    pub(super) name: String,
    /// None where everybody on this machine may do everything.
    pub(super) role: Option<Role>,
}

impl Who {
    /// Whether the role is enough for what needs this one.
    pub(super) fn may(&self, need: Role) -> bool {
        self.role.is_none_or(|role| role >= need)
    }
}

#[derive(Debug)]
struct Token {
    who: Who,
    token: [u8; 32],
    session: [u8; 32],
}

/// All tokens.
#[derive(Debug, Default)]
pub struct Tokens(Vec<Token>);

/// Shorter tokens can be guessed.
const LEAST: usize = 16;

impl Tokens {
    /// Reads lines of role, name and token; blank lines and those that begin with # are left out.
    ///
    /// # Errors
    /// Which line cannot be understood, and why; never the token itself.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut tokens = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [role, name, token] = fields[..] else {
                return Err(format!("line {number}: role, name and token are expected"));
            };
            let role = Role::NAMES.iter().find(|known| known.0 == role).ok_or_else(|| {
                format!("line {number}: the role is one of reader, feeder and editor")
            })?;
            if token.len() < LEAST {
                return Err(format!("line {number}: a token has at least {LEAST} characters"));
            }
            tokens.push(Token {
                who: Who { name: name.to_owned(), role: Some(role.1) },
                token: digest(b"token", token),
                session: digest(b"session", &session(token)),
            });
        }
        if tokens.is_empty() {
            return Err("there is no token in it".to_owned());
        }
        Ok(Self(tokens))
    }

    /// Whether nobody needs one.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bearer of a token.
    pub(super) fn bearer(&self, token: &str) -> Option<&Who> {
        self.find(&digest(b"token", token), |known| &known.token)
    }

    /// Who signed in, by the value of the cookie.
    pub(super) fn session(&self, cookie: &str) -> Option<&Who> {
        self.find(&digest(b"session", cookie), |known| &known.session)
    }

    /// Looks at every token, however early one fits.
    fn find(&self, given: &[u8; 32], of: impl Fn(&Token) -> &[u8; 32]) -> Option<&Who> {
        let mut found = None;
        for known in &self.0 {
            if bool::from(of(known).ct_eq(given)) {
                found = Some(&known.who);
            }
        }
        found
    }
}

/// What the cookie of somebody who signed in with a token says: it outlives a restart, but not the token.
pub(super) fn session(token: &str) -> String {
    hex(&digest(b"cookie", token))
}

fn digest(purpose: &[u8], text: &str) -> [u8; 32] {
    let mut sum = Sha256::new();
    sum.update(b"samestory ");
    sum.update(purpose);
    sum.update([0]);
    sum.update(text);
    sum.finalize().into()
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    bytes.iter().for_each(|byte| {
        let _ = write!(text, "{byte:02x}");
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_is_its_own_bearers() {
        let file = "# desk\neditor anna 0123456789abcdefA\n\nreader wall 0123456789abcdefB\n";
        let tokens = Tokens::parse(file).unwrap();
        let anna = tokens.bearer("0123456789abcdefA").unwrap();
        assert_eq!((anna.name.as_str(), anna.role), ("anna", Some(Role::Editor)));
        assert!(anna.may(Role::Editor) && anna.may(Role::Feeder) && anna.may(Role::Reader));
        let wall = tokens.bearer("0123456789abcdefB").unwrap();
        assert!(wall.may(Role::Reader) && !wall.may(Role::Feeder) && !wall.may(Role::Editor));
        assert_eq!(tokens.session(&session("0123456789abcdefB")).unwrap().name, "wall");
        assert!(tokens.bearer("0123456789abcdef").is_none() && tokens.session("").is_none());
        let fault = |text| Tokens::parse(text).unwrap_err();
        assert_eq!(fault("editor anna short"), "line 1: a token has at least 16 characters");
        assert_eq!(
            fault("boss anna 0123456789abcdefA"),
            "line 1: the role is one of reader, feeder and editor"
        );
        assert_eq!(fault("\n"), "there is no token in it");
    }
}
