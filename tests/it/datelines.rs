//! Datelines: place, day and agency before a story go, and a story that begins like one stays.

use samestory::stages::clean::clean;

#[test]
fn datelines() {
    for (line, agency) in [
        ("LONDON, March 3 (Reuters) - The pier fell.", Some("Reuters")),
        ("WASHINGTON — The pier fell.", None),
        ("SEOUL (AP) - The pier fell.", Some("AP")),
        ("BERLIN (dpa) - The pier fell.", Some("dpa")),
        ("(ANSA) - ROMA, 3 MAR - The pier fell.", Some("ANSA")),
        ("ATLANTA, Ga. -- The pier fell.", None),
        ("МОСКВА, 3 марта. /ТАСС/. The pier fell.", Some("TASS")),
        ("LONDON (REUTERS) - The pier fell.", Some("Reuters")),
        ("(CNN)The pier fell.", Some("CNN")),
        ("Rothenburg ob der Tauber, 3. märz (dpa) The pier fell.", Some("dpa")),
        ("Cortina d'Ampezzo, 3 de marzo (EFE).- The pier fell.", Some("EFE")),
        ("Asunción, Paraguay (AP) The pier fell.", Some("AP")),
        ("Addis Ababa (AA) - The pier fell.", Some("Anadolu")),
        ("Port of Spain, Trinidad and Tobago, May 3 (AP) - The pier fell.", Some("AP")),
        ("RIO DE JANEIRO, Brazil, Monday, March 3, 2025 — The pier fell.", None),
        ("WEST HAVEN — The pier fell.", None),
        ("ROM — The pier fell.", None),
        ("新华社北京3月3日电 The pier fell.", Some("Xinhua")),
        ("中新网3月3日电，The pier fell.", Some("CNS")),
        ("【ロンドン 3日 共同】The pier fell.", Some("Kyodo")),
        ("【ロンドン共同】The pier fell.", Some("Kyodo")),
        ("【ワシントンＡＰ時事】The pier fell.", Some("Jiji")),
        ("【AFP＝時事】The pier fell.", Some("AFP")),
        ("【3月3日 AFP】The pier fell.", Some("AFP")),
        ("［ロンドン　３日　ロイター］ - The pier fell.", Some("Reuters")),
        ("[ロンドン 3日 ロイター] － The pier fell.", Some("Reuters")),
        ("【汐浦 9日 Norwire】The pier fell.", None),
        ("Moskau/Kiew (dpa) - The pier fell.", Some("dpa")),
        ("Frankfurt/Oder (dpa/bb) - The pier fell.", Some("dpa")),
        ("WASHINGTON/BEIJING (Reuters) - The pier fell.", Some("Reuters")),
        ("FRANKFURT (dpa-AFX) - The pier fell.", Some("dpa-AFX")),
        ("Genève (ats) - The pier fell.", Some("Keystone-SDA")),
        ("ANKARA (İHA) - The pier fell.", Some("İHA")),
        ("SA\u{303}O PAULO, SP (FOLHAPRESS) - The pier fell.", Some("Folhapress")),
        ("МОСКВА, 3 сен — РИА Новости. The pier fell.", Some("RIA Novosti")),
        ("МОСКВА, 3 сен - РИА Новости, Анна Иванова. The pier fell.", Some("RIA Novosti")),
        ("МОСКВА, 3 сен - ПРАЙМ. The pier fell.", Some("Prime")),
        ("КИЇВ, 3 вересня — Укрінформ. The pier fell.", Some("Ukrinform")),
        ("Москва. 3 сентября. INTERFAX.RU - The pier fell.", Some("Interfax")),
        ("Київ. 3 вересня. УНН. The pier fell.", Some("UNN")),
        ("АСТАНА. КАЗИНФОРМ - The pier fell.", Some("Kazinform")),
        ("القاهرة (أ ف ب) - The pier fell.", Some("AFP")),
        ("دبي 3 سبتمبر أيلول (رويترز) - The pier fell.", Some("Reuters")),
        ("तट, 3 सितंबर (भाषा) घाट गिर गया।", Some("PTI")),
        ("Hà Nội (TTXVN) - The pier fell.", Some("VNA")),
        ("新华社北京9月3日电（记者张三 李四）The pier fell.", Some("Xinhua")),
        ("中新网北京9月3日电 (记者 张三)The pier fell.", Some("CNS")),
        ("新華社北京9月3日電 The pier fell.", Some("Xinhua")),
        ("（中央社記者王小明台北3日電）The pier fell.", Some("CNA")),
        ("（中央社華盛頓3日綜合外電報導）The pier fell.", Some("CNA")),
        ("〔記者張三／台北報導〕The pier fell.", None),
        ("(서울=연합뉴스) 김철수 기자 = The pier fell.", Some("Yonhap")),
        ("【서울=뉴시스】이영희 기자 = The pier fell.", Some("Newsis")),
        ("(세종=연합뉴스) The pier fell.", Some("Yonhap")),
        ("[이데일리 김철수 기자] The pier fell.", None),
    ] {
        let line = &line.replace("घाट गिर गया।", "The pier fell.");
        let cleaned = clean("", line);
        assert_eq!((&*cleaned.text, cleaned.agency), ("The pier fell.", agency), "{line}");
    }
    for begins in ["12 boats sank.", "“It fell,” he said."] {
        assert_eq!(clean("", &format!("ROM — {begins}")).text, begins);
    }
    for line in [
        "NATO — the alliance — met.",
        "A FIRE - Suspected arson - broke out.",
        "GOLD PRICES - MARCH 5",
        "BUS,PRS HARBOUR CLSG - Cod 12",
        "the pier (AP) - The pier fell.",
        "The Prime Minister of Trinidad and Tobago said today (AP) - The pier fell.",
        "PARIS (afp) - The pier fell.",
        "Singapore's People's Action Party (PAP) won all but ten seats.",
        "The Palestinian Authority (PA) rejected the plan.",
        "The Palestinian Authority (PA)'s police left.",
        "The Palestinian Authority (PA) — which rejected the plan — left.",
        "The Palestinian Authority (PA) President left.",
        "American Airlines (AA), which lost 300 flights, fell.",
        "The Associated Press (AP) was barred from the pier.",
        "Kuwait's news agency (KUNA) The pier fell.",
        "Kuwait News Agency (KUNA) said the pier fell.",
        "BREAKING — The pier fell.",
        "SAN JUAN DEL SUR — The pier fell.",
        "USAid — The pier fell.",
        "【時事】The pier fell.",
        "【速報】The pier fell.",
        "【3日 埠頭】The pier fell.",
        "【汐浦 9日 12時】The pier fell.",
        "【埠頭 3日目 雨】The pier fell.",
        "【NAAP】The pier fell.",
        "[Photo AP] The pier fell.",
        "[The pier fell.",
        "وقالت وكالة (أ ف ب) إن الرصيف انهار.",
        "घाट पर समाचार एजेंसी (भाषा) ने कहा।",
        "Причал. Пирс. УНН сообщает. The pier fell.",
        "שמונה בני אדם נהרגו ברעידת אדמה בטורקיה (רויטרס). ראש העיר אמר כי הנמל פתוח.",
        "قال الوزير لوكالة رويترز (رويترز): إن الميناء مفتوح اليوم أمام السفن.",
        "نفى الوزير ما نشرته وكالة (رويترز): الميناء ليس مغلقا.",
        "भूकंप में आठ लोगों की मौत (भाषा)। महापौर ने कहा कि बंदरगाह खुला है।",
        "3 सितंबर को समाचार एजेंसी (भाषा) ने खबर दी कि बंदरगाह खुला है।",
        "总统3日接受法新社(AFP)采访时说，港口已经开放。",
        "总统，3日接受法新社(AFP)采访时说，港口已经开放。",
        "3日のブルームバーグ(Bloomberg)によると、港は開いている。",
        "지난 3일 블룸버그(Bloomberg)는 항구가 열렸다고 보도했다.",
        "Warner Bros. CNN. The studio said on Monday it would sell both.",
        "Comcast Corp. CNN - its rival - said nothing.",
        "Born in Camden, N.J. PA - his home - is near.",
        "新华社记者从港口获悉，9月3日电力中断。",
        "（记者会上他没有报道）The pier fell.",
        "(서울=수도) 항구가 무너졌다.",
        "[기자] 항구가 무너졌다.",
    ] {
        assert_eq!(clean("", line).text, line);
    }
}

/// What a desk says of a version stays, as the first points do; the dateline below, and who wrote, does not.
#[test]
fn a_dateline_goes_from_below_a_note_of_the_desk() {
    let below = |above: &str| format!("{above}LONDON, March 3 (Reuters) - The pier fell.");
    for (above, left) in [
        ("(Adds details, background)\n\n", "(Adds details, background)"),
        ("(Corrects day (paragraph 2))\n", "(Corrects day (paragraph 2))"),
        ("[Recasts]\n\nBy Jane Doe and John Smith\n\n", "[Recasts]"),
        ("* Talks go on\n\n* Tax seen rising\n\n", "* Talks go on\n\n* Tax seen rising"),
        (
            "By Ann Poe\n\n(Adds details)\nBy Jane Doe\n• Talks go on\n",
            "(Adds details)\n• Talks go on",
        ),
    ] {
        let text = below(above);
        let cleaned = clean("", &text);
        assert_eq!(cleaned.text, format!("{left}\n\nThe pier fell."));
        assert_eq!(cleaned.agency, Some("Reuters"));
    }
    let alone = "(Adds details)\n[ロンドン 3日 ロイター]\nThe pier fell.";
    assert_eq!(clean("", alone).text, "(Adds details)\n\nThe pier fell.");
    let points = |n: usize| below(&"* Talks go on\n".repeat(n));
    assert!(!clean("", &points(16)).text.contains("Reuters"));
    assert_eq!(clean("", &points(17)).text, points(17));
    for text in [
        "(Adds details)\n\nBy Jane Doe\n\nThe pier fell.",
        "(It fell at dawn.)\n\nThe pier was old.",
        &below("(It fell at dawn, and\n"),
        &below("The council (which met) agreed.\n"),
        "* Talks go on",
    ] {
        assert_eq!(clean("", text).text, text);
    }
    let all = "* Talks go on. Share this\n\nBy Jane Doe\nLONDON (Reuters) -";
    assert_eq!(clean("", all).text, "* Talks go on.");
}

/// To compare what is left with the title behind each dateline would take minutes.
#[test]
fn a_line_of_nothing_but_datelines_is_gone_through_once() {
    let datelines = "LONDON (Reuters) - ".repeat(1 << 15);
    let text = format!("{datelines}The pier fell.");
    let cleaned = clean(&datelines, &text);
    assert_eq!((&*cleaned.text, cleaned.agency), ("The pier fell.", Some("Reuters")));
}
