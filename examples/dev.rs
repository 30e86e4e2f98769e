use samestory::kernel::{linkage::*, time::*};
use samestory::stages::{neighbours::*, *};
use samestory::text::{language::*, words::Words};
use std::io::Write;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let nodates = args.iter().any(|a| a == "--ignore-dates");
    let mut ids = vec![];
    let mut vecs = vec![];
    let mut times = vec![];
    let mut w = Words::default();
    let mut lex = terms::Lexicon::default();
    for f in args[2..].iter().filter(|a| !a.starts_with("--")) {
        for l in std::fs::read_to_string(f).unwrap().lines() {
            let v: serde_json::Value = serde_json::from_str(l).unwrap();
            let s = |k: &str| v[k].as_str().unwrap_or("").to_owned();
            w.clear();
            w.add(&s("title"));
            let t = w.list().len();
            w.add(&s("text"));
            let lang = Language::from_tag(&s("lang")).unwrap_or_else(|| detect(&w, &s("text")));
            vecs.push(weights::Vector::new(&lex.terms(&w, t, lang)));
            let p = s("published");
            times.push(if nodates || p.is_empty() {
                None
            } else {
                let p = if p.len() == 10 {
                    format!("{p}T00:00:00Z")
                } else if p.ends_with('Z') {
                    p
                } else {
                    format!("{p}Z")
                };
                p.parse::<jiff::Timestamp>().ok().map(|t| t.as_second())
            });
            ids.push(s("id"));
        }
    }
    let t0 = std::time::Instant::now();
    let reports: Vec<Report> = vecs
        .iter()
        .zip(&times)
        .map(|(v, &t)| Report { vector: v, time: t, stamped: false })
        .collect();
    let fixed: Vec<_> = vecs.iter().map(|v| v.fixed()).collect();
    let (pairs, nb) = find(&reports, &fixed, &TimeFactor::new(7.0));
    eprintln!(
        "{} articles {} pairs, {} neighbours, {:?}",
        ids.len(),
        pairs.len(),
        nb.iter().map(|n| n.len()).sum::<usize>(),
        t0.elapsed()
    );
    let scores = crowd::correct(&reports, &pairs, &nb);
    eprintln!("{:?}", t0.elapsed());
    let cut: i64 = std::env::var("CUT")
        .map_or(0.03, |c| c.parse::<f64>().unwrap())
        .mul_add(65536.0, 0.0) as i64;
    let edges = pairs
        .iter()
        .zip(&scores.pairs)
        .map(|(p, &s)| Edge { a: p.a, b: p.b, sum: s, examined: 1 })
        .collect();
    let label = group(&scores.penalties, edges, cut, Average::AllPairs);
    eprintln!("{:?}", t0.elapsed());
    let mut o = std::io::BufWriter::new(std::fs::File::create(&args[1]).unwrap());
    writeln!(o, "article_id,story_id").unwrap();
    for (i, l) in ids.iter().zip(label) {
        writeln!(o, "{i},{l}").unwrap();
    }
}
