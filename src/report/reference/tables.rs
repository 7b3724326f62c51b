//! The tables in a module's own documentation: columns of files that no type of one field a column stands behind.

/// The rows of the tables in the module documentation of a source, table by table, without their heads.
pub(super) fn tables(source: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    let mut inside = false;
    for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
        let line = line.trim();
        let Some(row) = line.strip_prefix('|').and_then(|row| row.strip_suffix('|')) else {
            inside = false;
            continue;
        };
        if !inside {
            tables.push(Vec::new());
            inside = true;
        }
        let cells: Vec<String> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
        tables.last_mut().expect("one was just begun").push(cells);
    }
    // The head, and the line of dashes below it.
    tables.into_iter().map(|rows| rows.into_iter().skip(2).collect()).collect()
}

/// The names in backticks of a cell.
pub(super) fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
