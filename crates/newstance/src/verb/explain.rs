//! `explain`: one article, and why each of its stances.

use std::io::Write;

use anyhow::{Context, bail};
use newstance_corpus::ArticleReader;
use newstance_doc::{Annotated, Article, Basis, Field, Holder, Position, Span, Stance, Statement};
use newstance_pipeline::Annotation;

use crate::Outcome;
use crate::archive::open_archive;
use crate::args::ExplainArgs;
use crate::paint::{self, CONTENT, CUE, EMPHASIS, FAINT, MENTION, OPPOSES, SOURCE, SUPPORTS};
use crate::progress::say;
use crate::session::{Session, read_settings};

const LINE_CHARS: usize = 100;

/// Runs the verb.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let settings = read_settings(&args.settings)?;
    let mut reader = open_archive(std::slice::from_ref(&args.input), &settings.corpus)?;
    let article = find_article(&mut reader, args)?;
    let session = Session::with(settings, &args.settings)?;
    let Annotation { layers: annotated, by_action, .. } = session.annotator.annotate(article)?;
    let mut out = anstream::stdout().lock();
    print_article(&annotated, &mut out)?;
    print_actors(&annotated, &mut out)?;
    print_statements(&annotated, &mut out)?;
    print_stances(&annotated, &by_action, args.neutral, &mut out)?;
    Ok(Outcome::Done)
}

fn find_article(reader: &mut ArticleReader, args: &ExplainArgs) -> anyhow::Result<Article> {
    for next in reader {
        match next {
            Ok(article) if args.article.as_ref().is_none_or(|id| *id == article.id) => {
                return Ok(article);
            }
            Ok(_) => {}
            Err(problem) => say(&problem.message),
        }
    }
    let input = args.input.display();
    match &args.article {
        Some(id) => bail!("`{input}` has no article `{id}`"),
        None => bail!("`{input}` has no article that can be read"),
    }
}

fn print_article(annotated: &Annotated, out: &mut dyn Write) -> std::io::Result<()> {
    let article = &annotated.article;
    let date = article.date.map(|date| date.to_string());
    let about = [Some(article.id.clone()), article.outlet.clone(), date];
    let about: Vec<String> = about.into_iter().flatten().collect();
    writeln!(out, "{FAINT}{}{FAINT:#}", about.join("  "))?;
    if !article.title.is_empty() {
        paint::field(annotated, Field::Title, out)?;
        writeln!(out)?;
    }
    paint::field(annotated, Field::Text, out)?;
    writeln!(
        out,
        "\n{FAINT}In colour: {FAINT:#}{SOURCE}source{SOURCE:#} {CUE}cue{CUE:#} \
         {CONTENT}content{CONTENT:#} {MENTION}actor{MENTION:#}"
    )
}

fn print_actors(annotated: &Annotated, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\n{EMPHASIS}Actors{EMPHASIS:#}")?;
    for (idx, actor) in annotated.actors.iter().enumerate() {
        let n_mentions = annotated.mentions.iter().filter(|m| m.actor_idx == Some(idx)).count();
        if n_mentions == 0 {
            continue;
        }
        let mut about = vec![actor.kind.as_str().to_owned()];
        about.extend(actor.role.clone());
        let of = |other: usize| (other != idx).then(|| annotated.actors[other].name.clone());
        about.extend(actor.affiliation_idx.and_then(of).map(|name| format!("of {name}")));
        about.extend(actor.country_idx.and_then(of));
        write!(out, "  {} {FAINT}({}){FAINT:#} {n_mentions}x", actor.name, about.join(", "))?;
        if !actor.aliases.is_empty() {
            write!(out, " {FAINT}also {}{FAINT:#}", actor.aliases.join(", "))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn print_statements(annotated: &Annotated, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\n{EMPHASIS}Statements{EMPHASIS:#}")?;
    for (idx, statement) in annotated.statements.iter().enumerate() {
        let text = annotated.article.field(statement.field);
        let speaker = match statement.speaker_idx {
            Some(speaker) => full_name(annotated, speaker),
            None => "somebody".to_owned(),
        };
        let inside = statement.parent_idx.map_or(String::new(), |parent| format!(", in {parent}"));
        writeln!(
            out,
            "  {idx:>2}  {SOURCE}{speaker}{SOURCE:#} {CUE}{}{CUE:#} {CONTENT}{}{CONTENT:#}",
            statement.force.as_str(),
            paint::one_line(&joined(&statement.content, text), LINE_CHARS),
        )?;
        writeln!(
            out,
            "      {FAINT}{}, {:.0} %{inside}; {}{FAINT:#}",
            statement.form.as_str(),
            100.0 * statement.probability,
            attribution(statement, text),
        )?;
    }
    Ok(())
}

/// "source: ..., cue: ..." as the text has them.
fn attribution(statement: &Statement, text: &str) -> String {
    let show = |what: &str, spans: &[Span]| match spans {
        [] => format!("no {what}"),
        _ => format!("{what} “{}”", paint::one_line(&joined(spans, text), LINE_CHARS / 2)),
    };
    format!("{}, {}", show("source", &statement.source), show("cue", &statement.cue))
}

fn joined(spans: &[Span], text: &str) -> String {
    spans.iter().map(|span| span.of(text)).collect::<Vec<_>>().join(" … ")
}

fn print_stances(
    annotated: &Annotated,
    by_action: &[usize],
    neutral: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    writeln!(out, "\n{EMPHASIS}Stances{EMPHASIS:#}")?;
    let is_shown = |stance: &Stance| neutral || stance.position != Position::Neutral;
    for (idx, stance) in annotated.stances.iter().enumerate().filter(|(_, s)| is_shown(s)) {
        let style = match stance.position {
            Position::Supports => SUPPORTS,
            Position::Opposes => OPPOSES,
            Position::Neutral => FAINT,
        };
        let holder = match stance.holder {
            Holder::Actor(holder) => full_name(annotated, holder),
            Holder::Outlet => "the outlet".to_owned(),
        };
        let basis = match stance.basis {
            Basis::Statement(idx) => format!("statement {idx}"),
            other => other.as_str().to_owned(),
        };
        let judge = if by_action.contains(&idx) { ", by the action" } else { "" };
        let evidence = stance.span.of(annotated.article.field(stance.field));
        writeln!(
            out,
            "  {EMPHASIS}{holder}{EMPHASIS:#} {style}{}{style:#} {EMPHASIS}{}{EMPHASIS:#}  {:.0} %",
            stance.position.as_str(),
            full_name(annotated, stance.target_idx),
            100.0 * stance.probabilities.of(stance.position),
        )
        .context("cannot write")?;
        let evidence = paint::one_line(evidence, LINE_CHARS);
        writeln!(out, "      {FAINT}{basis}{judge}: {evidence}{FAINT:#}")?;
    }
    let n_neutral = annotated.stances.iter().filter(|s| s.position == Position::Neutral).count();
    if !neutral && n_neutral > 0 {
        writeln!(out, "  {FAINT}and {n_neutral} judged neutral (--neutral shows them){FAINT:#}")?;
    }
    Ok(())
}

/// An actor's name, with the country behind it where that is another.
fn full_name(annotated: &Annotated, idx: usize) -> String {
    let actor = &annotated.actors[idx];
    match actor.country_idx {
        Some(country) if country != idx => {
            format!("{} ({})", actor.name, annotated.actors[country].name)
        }
        _ => actor.name.clone(),
    }
}
