/// How a result was understood where the file left it open, with what it was decided by: values
/// first, so that nobody has to read the words.
///
/// Names in it are safe to show.
enum ResultNote: Equatable, Sendable {
  /// The matrix is `rows` × `columns` and its names are the other way round: it is turned.
  case transposed(rows: Int, columns: Int)
  /// Names stand under keys of the file's own.
  case namesFound(rows: String?, columns: String?)
  /// Names that could not be used: under `key` there are `count`.
  case namesNotUsed(key: String, count: Int, rows: Int, columns: Int)
  /// A table of pairs: which of its columns are what.
  case pairs(rows: String, columns: String, values: String)
  /// Pairs that the file does not give.
  case missing(pairs: Int, of: Int)
  /// One half of a symmetric matrix was given; so many values were filled in from it.
  case mirrored(values: Int)
  /// So many pairs come more than once, each time with the same value.
  case repeated(pairs: Int)
  /// The pairs come in no order of rows or columns, so names are in natural order.
  case namesSorted
  /// Nothing says which of a nested dictionary's keys are the rows.
  case outerKeysAreRows
  /// The inner keys count rows, as pandas does in a table without names of rows.
  case outerKeysAreColumns
  /// Columns of a table that are neither names nor values.
  case columnsLeftOut([String])
  /// The first column holds numbers of its own under a name: they are values.
  case firstColumnIsValues
  /// Arrays beside the results that hold something else.
  case arraysLeftOut([String])

  // What the containers' readers passed over.
  /// Bytes that follow the end of what was read.
  case bytesAfter(String, count: Int)
  /// A member of an archive that is no array.
  case noArray(member: String)
  /// Metadata that should be a list of names.
  case noNameList(key: String)
  /// A part of an HDF5 file that cannot be read as values.
  case leftOut(place: String, reason: String)
  /// What another process said, in its words.
  case told(String)

  // What is unusual about names and values.
  /// One number, beside names of many layers.
  case namesOfOneNumber
  /// No names of layers: they are numbered.
  case unnamed(Sides)
  /// Names that are missing in a list of them.
  case namesMissing(key: String, count: Int)
  /// Names stand in the order in which torch_cka registers layers.
  case registrationOrder
  /// One slice, from 0, of an array of three dimensions.
  case slice(Int, of: Int, shape: [Int])
  /// Values that are no numbers of a CKA.
  case values(Oddity, count: Int)
  /// Values above 1 by more than rounding.
  case aboveOne(count: Int, largest: Double)

  /// Sides of a matrix.
  enum Sides { case rows, columns, both }

  /// What is odd about a value.
  enum Oddity: String { case nan = "NaN", infinite, negative }
}

extension ResultNote: CustomStringConvertible {
  var description: String {
    switch self {
    case .transposed(let rows, let columns):
      "the matrix is stored \(rows) × \(columns), the other way round than its names: it is "
        + "turned to fit them"
    case .namesFound(let rows?, let columns?) where rows == columns:
      "both sides have the names under '\(rows)'"
    case .namesFound(let rows, let columns):
      [
        rows.map { "rows have the names under '\($0)'" },
        columns.map { "columns those under '\($0)'" },
      ]
      .compactMap(\.self).joined(separator: ", ")
    case .namesNotUsed(let key, let count, let rows, let columns):
      "'\(key)' has \(count) \(count == 1 ? "name" : "names"), which do not tell the rows and "
        + "columns of a \(rows) × \(columns) matrix: they are not used"
    case .pairs(let rows, let columns, let values):
      "read as a table of pairs: rows from '\(rows)', columns from '\(columns)', values from "
        + "'\(values)'"
    case .missing(let pairs, let all):
      "\(pairs) of \(all) pairs \(pairs == 1 ? "is" : "are") not in the file: NaN"
    case .mirrored(let values):
      "one half of a symmetric matrix is in the file: \(values) "
        + "\(values == 1 ? "value is" : "values are") mirrored"
    case .repeated(let pairs):
      "\(pairs) \(pairs == 1 ? "pair comes" : "pairs come") more than once with the same value"
    case .namesSorted: "the pairs come in no order: names are in natural order"
    case .outerKeysAreRows:
      "outer keys are taken as rows; pandas' to_json and to_dict write columns outside"
    case .outerKeysAreColumns: "outer keys are columns, as inner keys only count the rows"
    case .columnsLeftOut(let names): "not used: \(Self.list(names, "column"))"
    case .firstColumnIsValues:
      "the first column holds numbers like the others: it is read as values, not as names"
    case .arraysLeftOut(let names): "no CKA by their values, left out: \(Self.list(names, "array"))"
    default: remark
    }
  }

  /// The words of what was passed over, and of odd names and values.
  private var remark: String {
    switch self {
    case .bytesAfter(let part, let count): "\(count) bytes after \(part) were ignored"
    case .noArray(let member): "the member '\(member)' is no array and was ignored"
    case .noNameList(let key): "metadata '\(key)' is not a JSON list of names"
    case .leftOut(let place, let reason): "\(place): \(reason); left out"
    case .told(let text): text
    case .namesOfOneNumber: "the file holds one number: its layer names are left out"
    case .unnamed(.both): "no layer names were read: rows and columns are numbered"
    case .unnamed(.rows): "no layer names for model 1: rows are numbered"
    case .unnamed(.columns): "no layer names for model 2: columns are numbered"
    case .namesMissing(let key, let count):
      "\(count) of the names in \(key) are missing: those layers are numbered"
    case .registrationOrder:
      "layer labels look like torch_cka's registration order; its rows and columns are stored in "
        + "the order in which the layers ran"
    case .slice(let index, let count, let shape):
      "slice \(index + 1) of \(count) of a \(shape.map(String.init).joined(separator: " × ")) array"
    case .values(let oddity, let count): "\(Self.counted(count)) \(oddity.rawValue)"
    case .aboveOne(let count, let largest):
      "\(Self.counted(count)) above 1 (largest \(largest))"
    default: ""
    }
  }

  private static func counted(_ count: Int) -> String {
    count == 1 ? "1 value is" : "\(count) values are"
  }

  private static func list(_ names: [String], _ noun: String) -> String {
    let shown = names.prefix(6).map { "'\($0)'" }.joined(separator: ", ")
    let more = names.count > 6 ? " and \(names.count - 6) more" : ""
    return "\(names.count == 1 ? noun : noun + "s") \(shown)\(more)"
  }
}
