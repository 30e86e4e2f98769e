use samestory::kernel::{fss, hash::hash, sets::*};
use samestory::stages::*;
use samestory::text::words::Words;
fn main() {
    let mut w = Words::default();
    let mut h = vec![];
    let mut m = std::collections::BTreeMap::new();
    for l in std::fs::read_to_string("/work/shared/data/reuters21578.jsonl").unwrap().lines() {
        let v: serde_json::Value = serde_json::from_str(l).unwrap();
        let s = |k: &str| v[k].as_str().unwrap_or("").to_owned();
        w.clear();
        w.add(&s("text"));
        if w.list().len() < 3 {
            w.add(&s("title"));
        }
        shingle::shingle(w.list(), &mut h);
        let nums = |w: &Words| {
            let mut n: Vec<u32> = w
                .list()
                .iter()
                .filter(|&&x| w.text(x).as_bytes()[0].is_ascii_digit())
                .map(|x| x.hash as u32)
                .collect();
            n.sort();
            n.dedup();
            n
        };
        let numbers = nums(&w);
        let set = shingle::set(&h, &mut Default::default()).to_vec();
        let sk = sketch::sketch(&h);
        let words = w.list().len();
        w.clear();
        w.add(&s("title"));
        let mut t: Vec<u32> = w.list().iter().map(|x| x.hash as u32).collect();
        t.sort();
        t.dedup();
        let time = s("published")
            .trim_end_matches('Z')
            .parse::<jiff::civil::DateTime>()
            .ok()
            .map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second());
        m.insert(s("id"), (set, numbers, t, sk, words, time));
    }
    let _ = hash(b"");
    println!("id1,id2,label,r,c,common,n,m,na,nb,nc,ta,tb,tc,slots,ham,days");
    for l in
        std::fs::read_to_string("/work/shared/data/reuters21578-pairs.csv").unwrap().lines().skip(1)
    {
        let f: Vec<&str> = l.split(',').collect();
        let (a, b) = (&m[f[0]], &m[f[1]]);
        let c = intersection(&a.0, &b.0);
        let (n, k) = (a.0.len(), b.0.len());
        let (sa, sb) = (a.3.unwrap(), b.3.unwrap());
        println!(
            "{},{},{},{:.4},{:.4},{c},{n},{k},{},{},{},{},{},{},{},{},{:.3}",
            f[0],
            f[1],
            f[2],
            resemblance(n, k, c),
            containment(n, k, c),
            a.1.len(),
            b.1.len(),
            intersection(&a.1, &b.1),
            a.2.len(),
            b.2.len(),
            intersection(&a.2, &b.2),
            fss::equal_slots(&sa.signature, &sb.signature),
            (sa.fingerprint ^ sb.fingerprint).count_ones(),
            a.5.zip(b.5).map_or(-1.0, |(x, y)| (x - y).abs() as f64 / 86400.0)
        );
    }
}
