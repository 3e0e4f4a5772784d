//! The tables of a run folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use newstance_doc::rows::Tables;

use crate::{Format, Table, TableWriter, TablesError, parquet_file, tables, text_file};

/// Writes one file a table of `tables` into `folder`, which is made where it is
/// missing.
///
/// A table is once in a folder: its files of other formats are removed. Each
/// file is complete when it gets its name. A table without rows is written
/// like any other.
///
/// # Errors
///
/// [`TablesError`] naming the file that cannot be written.
pub fn write_tables(folder: &Path, tables: &Tables, format: Format) -> Result<(), TablesError> {
    fs::create_dir_all(folder)
        .map_err(|source| TablesError::Write { path: folder.to_owned(), source })?;
    tables::write_all(folder, tables, format)
}

/// Reads the tables of `folder`; for `pairs` and `speakers` see [`table_rows`].
///
/// # Errors
///
/// [`TablesError`] naming the table that is missing or the file that cannot
/// be read.
pub fn read_tables(folder: &Path) -> Result<Tables, TablesError> {
    tables::read_all(folder)
}

/// Reads the rows of one table of `folder`.
///
/// # Errors
///
/// [`TablesError`] if the table is missing, is there twice or cannot be read.
pub fn read_table<T: Table>(folder: &Path) -> Result<Vec<T>, TablesError> {
    table_rows(folder)?.collect()
}

/// Reads the rows of one table of `folder`, some in memory at a time.
///
/// # Errors
///
/// As [`read_table`]; what is wrong with a row is told in its place.
pub fn table_rows<T: Table>(
    folder: &Path,
) -> Result<Box<dyn Iterator<Item = Result<T, TablesError>>>, TablesError> {
    let (path, format) = find_table::<T>(folder)?;
    Ok(match format {
        Format::Parquet => Box::new(parquet_file::read_rows(path)?),
        Format::Jsonl => Box::new(text_file::read_jsonl(path)?),
        Format::Csv => Box::new(text_file::read_csv(path)?),
    })
}

/// Where a table of `folder` is, and in which format.
///
/// # Errors
///
/// [`TablesError::Missing`] if it is not there, [`TablesError::Several`] if
/// it is there in several formats.
pub fn find_table<T: Table>(folder: &Path) -> Result<(PathBuf, Format), TablesError> {
    let mut found: Vec<_> = Format::ALL
        .into_iter()
        .map(|format| (table_path::<T>(folder, format), format))
        .filter(|(path, _)| path.is_file())
        .collect();
    let folder = || folder.to_owned();
    match (found.pop(), found.is_empty()) {
        (None, _) => Err(TablesError::Missing { folder: folder(), table: T::NAME }),
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            found.push(last);
            let formats = found.iter().map(|(_, format)| format.as_str()).collect();
            Err(TablesError::Several { folder: folder(), table: T::NAME, formats })
        }
    }
}

/// Writes one table, see [`write_tables`]; gives its name and number of rows.
pub(crate) fn write_table<T: Table>(
    folder: &Path,
    rows: &[T],
    format: Format,
) -> Result<(&'static str, u64), TablesError> {
    let mut writer = TableWriter::<T>::create(folder, format)?;
    rows.iter().try_for_each(|row| writer.push(row))?;
    Ok((T::NAME, writer.finish()?))
}

/// Lets `write` make a file under another name, then gives it the name `path`.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<(), TablesError>,
) -> Result<(), TablesError> {
    let partial = partial_path(path);
    write(&partial)?;
    name_complete(&partial, path)
}

/// Gives a complete file its name, and the name to the disk.
pub(crate) fn name_complete(partial: &Path, path: &Path) -> Result<(), TablesError> {
    let write_error = |source| TablesError::Write { path: path.to_owned(), source };
    fs::rename(partial, path).map_err(write_error)?;
    // A name is on the disk when its folder is; only Unix lets folders be synced.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(write_error)?;
    }
    Ok(())
}

/// The name that a file has until it is complete.
pub(crate) fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Where a table of `folder` is in that format.
pub(crate) fn table_path<T: Table>(folder: &Path, format: Format) -> PathBuf {
    folder.join(format!("{}.{}", T::NAME, format.as_str()))
}
