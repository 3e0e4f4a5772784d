//! The problems that `annotate` hands on to `aggregate`.

use std::{fs, path::Path};

use newstance_doc::Problem;

use crate::{LAYERS_FOLDER, TablesError, folder::replace, text_file};

/// Its name in the folder of the layers.
const PROBLEMS_FILE: &str = "problems.jsonl";

/// Writes `problems` beside the layers of `run_folder`, in the order given.
///
/// # Errors
///
/// [`TablesError::Write`] naming the file.
pub fn write_problems(run_folder: &Path, problems: &[Problem]) -> Result<(), TablesError> {
    let folder = run_folder.join(LAYERS_FOLDER);
    fs::create_dir_all(&folder)
        .map_err(|source| TablesError::Write { path: folder.clone(), source })?;
    replace(&folder.join(PROBLEMS_FILE), |path| text_file::write_jsonl(path, problems))
}

/// Reads what [`write_problems`] wrote.
///
/// # Errors
///
/// [`TablesError::Read`] if the file is missing, [`TablesError::Json`] if a
/// line is no problem.
pub fn read_problems(run_folder: &Path) -> Result<Vec<Problem>, TablesError> {
    text_file::read_jsonl(&run_folder.join(LAYERS_FOLDER).join(PROBLEMS_FILE))
}
