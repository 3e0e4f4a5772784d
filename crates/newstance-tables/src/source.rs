//! Where the rows of tables come from.

use std::path::Path;

use crate::{Table, TablesError, folder::table_rows};

/// Gives the rows of any table, as often as they are asked for: a run folder,
/// or whoever has tables in memory.
pub trait TableSource {
    /// Why rows cannot be given.
    type Error: From<TablesError>;

    /// Lets `take` see every row of a table, in the order of its id columns.
    ///
    /// # Errors
    ///
    /// [`Self::Error`] where the table or a row cannot be read.
    fn each_row<T: Table>(&self, take: impl FnMut(T)) -> Result<(), Self::Error>;
}

/// The tables of a run folder.
impl TableSource for Path {
    type Error = TablesError;

    fn each_row<T: Table>(&self, mut take: impl FnMut(T)) -> Result<(), TablesError> {
        for row in table_rows(self)? {
            take(row?);
        }
        Ok(())
    }
}
