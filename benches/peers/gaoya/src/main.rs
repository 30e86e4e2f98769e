//! `peer-gaoya minhash|simhash IN OUT`: near-duplicates by the gaoya crate, as its documentation does it.
//!
//! Text in lower case, words at white space. `minhash`: word 5-grams, 128 hashes of 32 bits, 16 bands of 8, estimated
//! Jaccard from 0.7. `simhash`: 64 bits of single words, at most 3 bits apart.

use std::error::Error;
use std::io::Write;
use std::{borrow::Cow, fs, io};

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32};
use gaoya::simhash::{SimHash, SimHashIndex, SimSipHasher64};
use gaoya::text::{MultiShingles, whitespace_split};
use serde::Deserialize;

#[derive(Deserialize)]
struct Article<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

/// Finds the earlier articles that are near to the words of this one, and remembers it under its number.
type Near = Box<dyn FnMut(u32, &[&str]) -> Vec<u32>>;

fn minhash() -> Near {
    let hasher = MinHasher32::new(128);
    let mut index = MinHashIndex::<u32, u32>::new(16, 8, 0.7);
    Box::new(move |number, words| {
        let signature = hasher.create_signature(MultiShingles::new(words, 5, 5));
        let earlier = index.query(&signature).into_iter().copied().collect();
        index.insert(number, signature);
        earlier
    })
}

fn simhash() -> Near {
    let hasher = SimHash::<SimSipHasher64, u64, 64>::new(SimSipHasher64::new(5, 6));
    // Keys of 6 blocks; the index finds what is less than 4 bits apart.
    let mut index = SimHashIndex::<u64, u32>::new(6, 4);
    Box::new(move |number, words| {
        let signature = hasher.create_signature(words.iter());
        let earlier = index.query(&signature).into_iter().copied().collect();
        index.insert(number, signature);
        earlier
    })
}

fn root(parents: &mut [u32], mut at: u32) -> u32 {
    while parents[at as usize] != at {
        parents[at as usize] = parents[parents[at as usize] as usize];
        at = parents[at as usize];
    }
    at
}

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "usage: peer-gaoya minhash|simhash IN OUT";
    let [_, method, input, output] =
        std::env::args().collect::<Vec<_>>().try_into().map_err(|_| usage)?;
    let mut near = match method.as_str() {
        "minhash" => minhash(),
        "simhash" => simhash(),
        _ => return Err(usage.into()),
    };
    let (mut ids, mut parents) = (Vec::new(), Vec::new());
    for line in fs::read_to_string(input)?.lines() {
        let article: Article = serde_json::from_str(line)?;
        let lower = article.text.to_lowercase();
        let words: Vec<&str> = whitespace_split(&lower).collect();
        let number = u32::try_from(ids.len())?;
        parents.push(number);
        for earlier in near(number, &words) {
            let (here, there) = (root(&mut parents, number), root(&mut parents, earlier));
            parents[here.max(there) as usize] = here.min(there);
        }
        ids.push(article.id.into_owned());
    }
    let mut out = io::BufWriter::new(fs::File::create(output)?);
    writeln!(out, "id,cluster")?;
    for (id, number) in ids.iter().zip(0..) {
        writeln!(out, "{id},{}", root(&mut parents, number))?;
    }
    Ok(out.flush()?)
}
