//! Which pairs the stance model is asked about.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use newstance_doc::{
    ActorKind, Basis, Field, Holder, Mention, Sentence, Span, Statement, StatementForm,
};
use newstance_model::{HolderMark, PairInput};

use crate::between::{are_side_by_side, distance, is_headline, is_one_phrase};
use crate::layers::words_of;
use crate::offices::speaks_for;
use crate::source::Source;
use crate::{Layers, Screen, StanceSettings, window};

/// A pair for the stance model, with what a [`newstance_doc::Stance`] says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PairToJudge<'a> {
    /// What the model reads.
    pub input: PairInput<'a>,
    /// Index of the sentence that is judged.
    pub sentence_idx: usize,
    /// The field that the span points into.
    pub field: Field,
    /// The evidence: what is said of the target in this sentence; holder and
    /// target and what is between; for the outlet the whole sentence.
    pub span: Span,
    /// Who stands.
    pub holder: Holder,
    /// Index of the actor toward whom.
    pub target_idx: usize,
    /// What it is read from.
    pub basis: Basis,
    /// The holder speaks as an officer of the country that is the target, and so does not oppose it.
    pub is_own_state: bool,
    /// The probability of a stance by the screen, where it is so low that the
    /// model is not asked.
    pub screened: Option<f32>,
}

/// The pairs of an article that are judged, by the model or by the screen, and how many are not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairSelection<'a> {
    /// In order of sentence, holder, target, basis; each such combination once.
    pub pairs: Vec<PairToJudge<'a>>,
    /// Pairs that the caps of the settings left out.
    pub n_left_out: usize,
}

/// What is kept first where an article has more pairs than it may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The first target of a statement in a sentence.
    Said,
    /// The nearest pair of a sentence; the outlet's headline.
    Told,
    /// Further targets of a statement.
    AlsoSaid,
    /// Further pairs of a sentence.
    AlsoTold,
    /// The outlet's other sentences.
    OutletText,
}

#[derive(Debug)]
struct Candidates<'a, 's> {
    screen: Option<&'s Screen<'s>>,
    /// What one pass of the model answers: a pair, or both directions of one.
    passes: Vec<(Rank, Vec<PairToJudge<'a>>)>,
    n_left_out: usize,
}

impl Candidates<'_, '_> {
    /// What the screen says, where that keeps a pair from the model.
    fn screened(
        &self,
        settings: &StanceSettings,
        of_side: impl FnOnce(&Screen<'_>) -> f32,
    ) -> Option<f32> {
        self.screen.map(of_side).filter(|probability| *probability < settings.screen)
    }
}

/// The pairs to judge in an article.
///
/// - *Said*: each speaker with each other actor that the content mentions, by
///   name or not, sentence by sentence; what a nested statement says is its own
///   speaker's. The source is marked where it stands in the target's sentence;
///   else the text is "source : sentence" (the speaker's name for a pronoun).
/// - *Told*: both directions of each two actors that stand near each other in
///   a sentence, both outside contents or both in the same content that is not
///   a direct quotation; not an actor with its own country or organisation in
///   one phrase ("Chinese spokesman Zhao"), nor names side by side ("Texas Rep.
///   Beto O'Rourke", "Ann Lee and Bo").
/// - *Outlet*: the outlet with the first actors of a sentence outside contents
///   and sources: whom it only lets speak it does not judge.
///
/// Where `screen` gives a pair too small a probability of a stance, the model does not read it.
/// Places that are no countries, and topics, neither hold nor are targets; the
/// outlet is not asked about groups. Where the settings leave no room for more
/// texts, those of said pairs stay before those of told ones, of near pairs
/// before far ones, of the outlet's last, and of equals those that come first
/// in the article. A text that is read is asked for all its pairs that the screen lets through.
pub fn pairs_to_judge<'a>(
    layers: &Layers<'a>,
    statements: &[Statement],
    screen: Option<&Screen<'_>>,
    settings: &StanceSettings,
) -> PairSelection<'a> {
    let mut found = Candidates { screen, passes: Vec::new(), n_left_out: 0 };
    for idx in 0..statements.len() {
        add_said(layers, statements, idx, settings, &mut found);
    }
    for sentence_idx in 0..layers.sentences.len() {
        let free = Free::read(layers, statements, sentence_idx);
        add_told(layers, &free, sentence_idx, settings, &mut found);
        add_outlet(layers, &free, sentence_idx, settings, &mut found);
    }
    let n_words: usize = layers.sentences.iter().map(|sentence| sentence.words.len()).sum();
    let budget = (n_words / settings.words_per_reading.max(1)).max(settings.min_readings);
    let Candidates { mut passes, mut n_left_out, .. } = found;
    passes.sort_by_key(|(rank, _)| *rank);
    let mut texts: HashSet<Vec<&str>> = HashSet::new();
    let mut pairs: Vec<PairToJudge<'a>> = Vec::new();
    for (_, judged_at_once) in passes {
        if judged_at_once.iter().all(|pair| pair.screened.is_some()) {
            pairs.extend(judged_at_once);
            continue;
        }
        let is_read = judged_at_once.iter().all(|pair| texts.contains(&pair.input.words));
        if !is_read && texts.len() >= budget {
            n_left_out += judged_at_once.len();
            continue;
        }
        texts.extend(judged_at_once.iter().map(|pair| pair.input.words.clone()));
        pairs.extend(judged_at_once);
    }
    let key =
        |pair: &PairToJudge<'_>| (pair.sentence_idx, pair.holder, pair.target_idx, pair.basis);
    pairs.sort_by_key(key);
    pairs.dedup_by_key(|pair| key(pair));
    PairSelection { pairs, n_left_out }
}

fn add_said<'a>(
    layers: &Layers<'a>,
    statements: &[Statement],
    idx: usize,
    settings: &StanceSettings,
    found: &mut Candidates<'a, '_>,
) {
    let statement = &statements[idx];
    let Some(speaker_idx) = statement.speaker_idx else { return };
    let nested: Vec<Span> = statements
        .iter()
        .filter(|child| child.parent_idx == Some(idx) && child.speaker_idx.is_some())
        .flat_map(|child| child.content.iter().copied())
        .collect();
    let mut seen = BTreeSet::new();
    let mut n_targets = BTreeMap::new();
    for (sentence_idx, mention, target_idx) in said_mentions(layers, statement) {
        let is_own = !nested.iter().any(|inner| inner.contains(mention.span));
        if target_idx == speaker_idx || !is_own || !seen.insert((sentence_idx, target_idx)) {
            continue;
        }
        let n: &mut usize = n_targets.entry(sentence_idx).or_default();
        *n += 1;
        if *n > settings.max_statement_targets {
            found.n_left_out += 1;
            continue;
        }
        let sentence = &layers.sentences[sentence_idx];
        let target = words_of(sentence, mention.span);
        let source = Source::find(layers, statement, sentence_idx, &target);
        let screened = found.screened(settings, |screen| match &source {
            Source::Here(words) => screen.told(sentence_idx, words, &target),
            Source::Elsewhere(_) => screen.said(sentence_idx, &target),
        });
        let pair = PairToJudge {
            input: source.input(layers, sentence_idx, target, settings.max_words),
            sentence_idx,
            field: statement.field,
            span: said_span(statement, sentence, mention.span),
            holder: Holder::Actor(speaker_idx),
            target_idx,
            basis: Basis::Statement(idx),
            is_own_state: speaks_for(layers, speaker_idx, target_idx),
            screened,
        };
        found.passes.push((if *n == 1 { Rank::Said } else { Rank::AlsoSaid }, vec![pair]));
    }
}

/// The mentions of possible targets in a content, with their sentences.
fn said_mentions<'a>(
    layers: &Layers<'a>,
    statement: &Statement,
) -> impl Iterator<Item = (usize, &'a Mention, usize)> {
    let inside = |mention: &&Mention| {
        mention.field == statement.field
            && statement.content.iter().any(|content| content.contains(mention.span))
    };
    let with_actor =
        |mention: &'a Mention| Some((mention.sentence_idx, mention, standing(layers, mention)?));
    layers.mentions.iter().filter(inside).filter_map(with_actor)
}

/// The mention's actor, where it can hold a stance or be the target of one.
fn standing(layers: &Layers<'_>, mention: &Mention) -> Option<usize> {
    let actor_idx = mention.actor_idx?;
    let kind = layers.actors.get(actor_idx)?.kind;
    (!matches!(kind, ActorKind::Place | ActorKind::Topic)).then_some(actor_idx)
}

/// The part of the content that stands in `sentence`, around the target.
fn said_span(statement: &Statement, sentence: &Sentence, target: Span) -> Span {
    let content = statement.content.iter().find(|content| content.contains(target));
    content.map_or(sentence.span, |content| {
        Span::new(content.start.max(sentence.span.start), content.end.min(sentence.span.end))
    })
}

/// A mention that a pair can be made of.
#[derive(Clone, Debug)]
struct Candidate {
    words: Range<usize>,
    span: Span,
    actor_idx: usize,
    /// The outermost statement whose content it stands in.
    content_of: Option<usize>,
    /// It stands in the source of a statement.
    is_source: bool,
}

/// The mentions of a sentence that are not in direct quotations.
#[derive(Debug)]
struct Free {
    mentions: Vec<Candidate>,
}

impl Free {
    fn read(layers: &Layers<'_>, statements: &[Statement], sentence_idx: usize) -> Self {
        let sentence = &layers.sentences[sentence_idx];
        let mut mentions = Vec::new();
        for (_, mention) in layers.mentions_in(sentence_idx) {
            let Some(actor_idx) = standing(layers, mention) else { continue };
            let holds = |statement: &Statement| {
                statement.field == mention.field
                    && statement.content.iter().any(|content| content.overlaps(mention.span))
            };
            let content_of = statements.iter().position(holds);
            let is_direct = |idx: usize| statements[idx].form == StatementForm::Direct;
            if !content_of.is_some_and(is_direct) {
                let names_source = |statement: &Statement| {
                    statement.field == mention.field
                        && statement.source.iter().any(|source| source.overlaps(mention.span))
                };
                let words = words_of(sentence, mention.span);
                let is_source = statements.iter().any(names_source);
                let span = mention.span;
                mentions.push(Candidate { words, span, actor_idx, content_of, is_source });
            }
        }
        Self { mentions }
    }
}

fn add_told<'a>(
    layers: &Layers<'a>,
    free: &Free,
    sentence_idx: usize,
    settings: &StanceSettings,
    found: &mut Candidates<'a, '_>,
) {
    let is_headline = is_headline(layers, sentence_idx);
    // The nearest two mentions of each two actors.
    let mut nearest: BTreeMap<[usize; 2], (usize, usize, usize)> = BTreeMap::new();
    for (first, a) in free.mentions.iter().enumerate() {
        for (second, b) in free.mentions.iter().enumerate().skip(first + 1) {
            if a.actor_idx == b.actor_idx
                || a.content_of != b.content_of
                || a.words.end > b.words.start
            {
                continue;
            }
            let between = layers.words(sentence_idx, a.words.end..b.words.start);
            if are_side_by_side(&between, is_headline) {
                continue;
            }
            let distance = distance(&between);
            let mut actors = [a.actor_idx, b.actor_idx];
            actors.sort_unstable();
            let entry = nearest.entry(actors).or_insert((distance, first, second));
            *entry = (*entry).min((distance, first, second));
        }
    }
    let mut near: Vec<(usize, usize, usize)> = nearest
        .into_iter()
        .filter(|([a, b], (distance, ..))| !is_one_phrase(layers, *a, *b, *distance))
        .map(|(_, found)| found)
        .collect();
    near.sort_unstable();
    for (idx, (distance, first, second)) in near.into_iter().enumerate() {
        if distance > settings.max_told_distance_words || 2 * (idx + 1) > settings.max_told_pairs {
            found.n_left_out += 2;
            continue;
        }
        let (a, b) = (&free.mentions[first], &free.mentions[second]);
        let screened =
            found.screened(settings, |screen| screen.told(sentence_idx, &a.words, &b.words));
        let told = |(holder, target)| PairToJudge {
            screened,
            ..told_pair(layers, sentence_idx, holder, target, settings.max_words)
        };
        let pairs = Vec::from([(a, b), (b, a)].map(told));
        found.passes.push((if idx == 0 { Rank::Told } else { Rank::AlsoTold }, pairs));
    }
}

fn told_pair<'a>(
    layers: &Layers<'a>,
    sentence_idx: usize,
    holder: &Candidate,
    target: &Candidate,
    max_words: usize,
) -> PairToJudge<'a> {
    let mark = HolderMark::Words(holder.words.clone());
    PairToJudge {
        input: window::around(layers, sentence_idx, mark, target.words.clone(), max_words),
        sentence_idx,
        field: layers.sentences[sentence_idx].field,
        span: holder.span.hull(target.span),
        holder: Holder::Actor(holder.actor_idx),
        target_idx: target.actor_idx,
        basis: Basis::Told,
        is_own_state: false,
        screened: None,
    }
}

fn add_outlet<'a>(
    layers: &Layers<'a>,
    free: &Free,
    sentence_idx: usize,
    settings: &StanceSettings,
    found: &mut Candidates<'a, '_>,
) {
    let sentence = &layers.sentences[sentence_idx];
    let mut seen = BTreeSet::new();
    let is_own_word = |mention: &&Candidate| mention.content_of.is_none() && !mention.is_source;
    for mention in free.mentions.iter().filter(is_own_word) {
        let is_group = layers.actors[mention.actor_idx].kind == ActorKind::Group;
        if is_group || !seen.insert(mention.actor_idx) {
            continue;
        }
        if seen.len() > settings.max_outlet_targets {
            found.n_left_out += 1;
            continue;
        }
        let words = mention.words.clone();
        let screened = found.screened(settings, |screen| screen.outlet(sentence_idx, &words));
        let holder = HolderMark::Outlet;
        let pair = PairToJudge {
            input: window::around(layers, sentence_idx, holder, words, settings.max_words),
            sentence_idx,
            field: sentence.field,
            span: sentence.span,
            holder: Holder::Outlet,
            target_idx: mention.actor_idx,
            basis: Basis::Outlet,
            is_own_state: false,
            screened,
        };
        let rank = if sentence.field == Field::Title { Rank::Told } else { Rank::OutletText };
        found.passes.push((rank, vec![pair]));
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::{Basis, Holder};
    use newstance_model::{HolderMark, LabelSet, Scores};

    use super::PairToJudge;
    use crate::testing::Tagged;
    use crate::{PairSelection, Screen, StanceSettings, pairs_to_judge};

    fn show(tagged: &Tagged, pair: &PairToJudge<'_>) -> String {
        let words = |range: &std::ops::Range<usize>| pair.input.words[range.clone()].join(" ");
        let holder = match (&pair.holder, &pair.input.holder) {
            (Holder::Actor(idx), HolderMark::Words(range)) => {
                format!("{}[{}]", tagged.actors[*idx].name, words(range))
            }
            _ => "outlet".to_owned(),
        };
        let target = &tagged.actors[pair.target_idx].name;
        let evidence = pair.span.of(&tagged.article.text);
        format!(
            "{} {holder} -> {target}[{}]: {evidence}",
            pair.basis.as_str(),
            words(&pair.input.target)
        )
    }

    /// The pairs of a text that are not the outlet's.
    #[track_caller]
    fn check(tagged: &str, expected: &[&str]) {
        let tagged = Tagged::new(tagged);
        let statements = tagged.resolved();
        let layers = tagged.layers();
        let selection = pairs_to_judge(&layers, &statements, None, &StanceSettings::default());
        let pairs = selection.pairs.iter().filter(|pair| pair.basis != Basis::Outlet);
        let shown: Vec<String> = pairs.map(|pair| show(&tagged, pair)).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_speaker_stands_to_whom_the_content_mentions() {
        check(
            "{T:“The [United States=G0] is lying,”} {S:spokesman [Zhao=P1]} {C:said}.",
            &[
                "statement Zhao[Zhao] -> United States[United States]: “The United States is lying,”",
            ],
        );
    }

    #[test]
    fn who_holds_an_office_of_a_country_speaks_for_it() {
        let shown_of = |role: &str, affiliation_idx: Option<usize>| {
            let mut tagged =
                Tagged::new("{T:“[China=G0] is slandered by [Peru=G1],”} {S:[Zhao=P2]} {C:said}.");
            tagged.actors[2].country_idx = Some(0);
            tagged.actors[2].affiliation_idx = affiliation_idx;
            tagged.actors[2].role = Some(role.to_owned());
            let statements = tagged.resolved();
            let selection =
                pairs_to_judge(&tagged.layers(), &statements, None, &StanceSettings::default());
            let said = selection.pairs.iter().filter(|pair| pair.is_own_state);
            let targets = said.map(|pair| tagged.actors[pair.target_idx].name.clone());
            targets.collect::<Vec<_>>()
        };
        let shown = |role: &str| shown_of(role, None);
        assert_eq!(shown("foreign minister"), ["China"]);
        assert_eq!(shown_of("Foreign Ministry spokesman", Some(1)), ["China"]);
        assert_eq!(shown_of("president", Some(0)), ["China"]);
        assert_eq!(shown_of("president", Some(1)), [""; 0]);
        assert_eq!(shown("shadow foreign minister"), [""; 0]);
        assert_eq!(shown("former spokesman"), [""; 0]);
        assert_eq!(shown("dissident"), [""; 0]);
    }

    #[test]
    fn a_source_in_another_sentence_stands_before_a_colon() {
        check(
            "{T:“It was bad.} ‖{t:[China=G0] did it,”} {S:[Ann Lee=P1]} {C:said}.",
            &["statement Ann Lee[Ann Lee] -> China[China]: China did it,”"],
        );
        check(
            "[Ann Lee=P0] came. ‖{S:[She=p0]} {C:said} {T:it was bad.} ‖{t:[China=G1] did it}.",
            &["statement Ann Lee[Ann Lee] -> China[China]: China did it"],
        );
    }

    #[test]
    fn what_is_nested_is_its_own_speakers() {
        check(
            "{S:[Ann=P0]} {C:said} {T:that [Bo=P1] thought [Cy=P2] was late}.",
            &[
                "statement Ann[Ann] -> Bo[Bo]: that Bo thought Cy was late",
                "statement Bo[Bo] -> Cy[Cy]: Cy was late",
                "told Bo[Bo] -> Cy[Cy]: Bo thought Cy",
                "told Cy[Cy] -> Bo[Bo]: Bo thought Cy",
            ],
        );
    }

    #[test]
    fn a_sentence_tells_both_directions() {
        check(
            "Weeks after [its=p0] invasion of [Ukraine=G1], it lagged.",
            &[
                "told its[its] -> Ukraine[Ukraine]: its invasion of Ukraine",
                "told Ukraine[Ukraine] -> its[its]: its invasion of Ukraine",
            ],
        );
    }

    #[test]
    fn names_side_by_side_do_not_stand_to_one_another() {
        check("[Texas=O0] Rep. [Ann Lee=P1] came.", &[]);
        check("[Ann=P0], [Bo=P1] and Sen. [Cy=P2] came.", &[]);
        check(
            "[Ann=P0] Slams [Bo=P1] Over Tax.",
            &["told Ann[Ann] -> Bo[Bo]: Ann Slams Bo", "told Bo[Bo] -> Ann[Ann]: Ann Slams Bo"],
        );
        check(
            "[Texas=O0] blamed Rep. [Ann Lee=P1].",
            &[
                "told Texas[Texas] -> Ann Lee[Ann Lee]: Texas blamed Rep. Ann Lee",
                "told Ann Lee[Ann Lee] -> Texas[Texas]: Texas blamed Rep. Ann Lee",
            ],
        );
    }

    #[test]
    fn places_and_topics_do_not_stand() {
        check("[Ann=P0] went to [the Alps=L1] for [Easter=M2].", &[]);
    }

    #[test]
    fn what_the_caps_leave_out_is_counted() {
        let tagged = Tagged::new("[Ann=P0] met [Bo=P1] and [Cy=P2] and [Di=P3].");
        let settings = StanceSettings { max_told_pairs: 2, ..StanceSettings::default() };
        let selection = pairs_to_judge(&tagged.layers(), &[], None, &settings);
        // Ann with three others in both directions, and four actors of the outlet's.
        assert_eq!((selection.pairs.len(), selection.n_left_out), (2 + 1, 4 + 3));
    }

    #[test]
    fn a_text_that_is_read_is_asked_for_all_its_pairs() {
        let tagged = Tagged::new("[Ann=P0] met [Bo=P1].\n[Cy=P2] came.\n[Bo=P1] met [Cy=P2].");
        let settings = StanceSettings { min_readings: 1, ..StanceSettings::default() };
        let PairSelection { pairs, n_left_out } =
            pairs_to_judge(&tagged.layers(), &[], None, &settings);
        assert!(pairs.iter().all(|pair| pair.sentence_idx == 0));
        // Told in both directions, and the outlet's; the others, and one actor
        // of the outlet's in each of the sentences with two.
        assert_eq!((pairs.len(), n_left_out), (3, 4 + 2));
    }

    #[test]
    fn what_the_screen_holds_back_is_not_read() {
        let tagged = Tagged::new("[Ann=P0] met [Bo=P1].\n[Cy=P2] blamed [Bo=P1].");
        let names = ["told", "told_first", "told_second", "said", "said_target"];
        let names = [&names[..], &["outlet", "outlet_target"]].concat();
        let labels = LabelSet::new("screen", names.into_iter().map(str::to_owned).collect());
        // Log-odds of a stance that is told: 3 in the second sentence, and of all others -3.
        let row = |told: f32| [told, 0.0, 0.0, -3.0, 0.0, -3.0, 0.0];
        let of_sentence = |told| Scores::new(7, row(told).repeat(4));
        let sentences = [of_sentence(-3.0), of_sentence(3.0)];
        let screen = Screen::new(&labels, &sentences).unwrap();
        let settings = StanceSettings { screen: 0.1, min_readings: 1, ..StanceSettings::default() };
        let PairSelection { pairs, n_left_out } =
            pairs_to_judge(&tagged.layers(), &[], Some(&screen), &settings);
        let is_read = |pair: &PairToJudge<'_>| (pair.sentence_idx, pair.screened.is_none());
        // Two told and one of the outlet in each; the one reading is the second's.
        let expected = [(0, false), (0, false), (0, false), (1, true), (1, true), (1, false)];
        assert_eq!(pairs.iter().map(is_read).collect::<Vec<_>>(), expected);
        assert_eq!(n_left_out, 2);
        let none = StanceSettings { screen: 0.0, ..settings };
        let all = pairs_to_judge(&tagged.layers(), &[], Some(&screen), &none);
        assert_eq!(all, pairs_to_judge(&tagged.layers(), &[], None, &none));
    }

    #[test]
    fn the_outlet_is_not_asked_about_whom_it_only_lets_speak() {
        let tagged = Tagged::new("{S:[Ann=P0]} {C:said} {T:it rained}. ‖[Bo=P1] is a hero.");
        let (statements, layers) = (tagged.resolved(), tagged.layers());
        let pairs = pairs_to_judge(&layers, &statements, None, &StanceSettings::default()).pairs;
        let of_outlet = pairs.iter().filter(|pair| pair.holder == Holder::Outlet);
        assert_eq!(of_outlet.map(|pair| pair.target_idx).collect::<Vec<_>>(), [1]);
    }
}
