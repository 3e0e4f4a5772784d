//! The run folder of `run` and `annotate`: who may write to it, and from where.

use std::path::Path;

use anyhow::bail;
use newstance_tables::{FolderLock, LayersState, begin_layers, layers_state, read_plan};
use serde_json::Value;

use crate::args::OutputArgs;
use crate::plan::difference;
use crate::run_record::{self, steps_done};

/// A run folder that is held for one run.
#[derive(Debug)]
pub(crate) struct OutputFolder {
    /// True where all steps were done before: there is nothing to do.
    pub(crate) is_done: bool,
    _lock: FolderLock,
}

impl OutputFolder {
    /// Takes the folder and readies it for a run of that plan, whose last step
    /// is `last_step`.
    pub(crate) fn open(args: &OutputArgs, plan: &Value, last_step: &str) -> anyhow::Result<Self> {
        let folder = args.output.as_path();
        let lock = FolderLock::take(folder)?;
        let steps = steps_done(folder)?;
        let state = layers_state(folder);
        let is_untouched = steps.is_empty() && state == LayersState::Absent;
        if is_untouched || args.overwrite {
            run_record::remove(folder)?;
            begin_layers(folder, plan)?;
            return Ok(Self { is_done: false, _lock: lock });
        }
        if !args.resume {
            refuse(folder, !steps.is_empty())?;
        }
        if state == LayersState::Absent {
            bail!("`{}` holds tables without layers\nhint: name another folder", folder.display());
        }
        if let Some(key) = difference(&read_plan(folder)?, plan) {
            bail!(
                "the run in `{}` was begun with another `{key}`\n\
                 hint: set it as it was, or begin anew with `--overwrite`",
                folder.display()
            );
        }
        let is_done = steps.iter().any(|step| step == last_step);
        if !is_done {
            run_record::remove(folder)?;
        }
        Ok(Self { is_done, _lock: lock })
    }
}

fn refuse(folder: &Path, is_finished: bool) -> anyhow::Result<()> {
    let folder = folder.display();
    if is_finished {
        bail!(
            "`{folder}` holds a finished run\n\
             hint: `--resume` leaves it as it is, `--overwrite` begins anew"
        );
    }
    bail!(
        "`{folder}` holds an unfinished run\n\
         hint: `--resume` goes on with it, `--overwrite` begins anew"
    );
}
