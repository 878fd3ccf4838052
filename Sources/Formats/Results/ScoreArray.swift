import Core

/// The numbers under `CKA`, whichever way a file spells them: an array, nested lists, one number.
struct ScoreArray {
  /// At most three dimensions.
  let array: NDArray
  /// The element type as the file has it: numpy's name, or "list" for lists and text formats.
  let dtype: String

  /// Values that nested lists may hold: a box in the file stands behind each, so real ones are far
  /// smaller.
  private static let listCells = 40_000_000

  /// The numbers of `value`.
  /// - Parameter isText: the container is JSON or CSV, whose arrays are lists.
  init(_ value: Value, isText: Bool) throws(FormatError) {
    switch value {
    case .array(let array):
      guard array.shape.count <= 3 else {
        throw FormatError(
          .wrongShape, "the array has \(array.shape.count) dimensions, a result at most 3")
      }
      self.array = array
      dtype = isText ? "list" : array.type.rawValue
    case .list, .tuple, .int, .float:
      var stack = Stack(shape: try Stack.shape(of: value))
      try stack.append(value, axis: 0)
      array = try NDArray(copying: stack.values, shape: stack.shape)
      dtype = "list"
    default:
      throw FormatError(
        .wrongType, "\(value.kind) where numbers should stand",
        remedy: "save a matrix of numbers there, a list of rows or an array")
    }
  }

  /// Nested lists on their way into one row-major array.
  private struct Stack {
    let shape: [Int]
    var values: [Double] = []
    private var path: [Int] = []

    init(shape: [Int]) { self.shape = shape }

    /// The shape that the first elements promise; `append` holds the others to it.
    static func shape(of value: Value) throws(FormatError) -> [Int] {
      var shape: [Int] = []
      var next: Value? = value
      var cells = 1
      while let value = next, shape.count <= 3 {
        let sizes: [Int]
        switch value {
        case .list(let elements), .tuple(let elements):
          (sizes, next) = ([elements.count], elements.first)
        case .array(let array): (sizes, next) = (array.shape, nil)
        default: (sizes, next) = ([], nil)
        }
        for size in sizes {
          let (product, overflow) = cells.multipliedReportingOverflow(by: size)
          guard !overflow, product <= listCells else {
            throw FormatError(.tooLarge, "nested lists hold more than \(listCells) values")
          }
          cells = product
        }
        shape += sizes
      }
      guard shape.count <= 3 else {
        throw FormatError(.tooLarge, "lists nest deeper than 3 levels")
      }
      return shape
    }

    mutating func append(_ value: Value, axis: Int) throws(FormatError) {
      let expected = shape[axis...]
      switch value {
      case .list(let elements), .tuple(let elements):
        guard elements.count == expected.first else { throw ragged(elements.count) }
        for (index, element) in elements.enumerated() {
          path.append(index)
          try append(element, axis: axis + 1)
          path.removeLast()
        }
      case .array(let array):
        guard array.shape.elementsEqual(expected) else { throw ragged(array.shape.first ?? 1) }
        values += array.values()
      case .int(let number) where expected.isEmpty: values.append(Double(number))
      case .float(let number) where expected.isEmpty: values.append(number)
      case .bool(let flag) where expected.isEmpty: values.append(flag ? 1 : 0)
      case .none where expected.isEmpty: values.append(.nan)
      case .int, .float, .bool, .none: throw ragged(1)
      default: throw FormatError(.wrongType, "\(value.kind) where a number should stand\(place)")
      }
    }

    private var place: String {
      path.isEmpty ? "" : " in row \(path.map(String.init).joined(separator: ", column "))"
    }

    private func ragged(_ count: Int) -> FormatError {
      let expected = shape.count > path.count ? shape[path.count] : 1
      return FormatError(
        .wrongShape,
        "the rows differ in length: \(count) values\(place), \(expected) in the first row")
    }
  }
}

extension Value {
  /// What this is, in words for an error.
  var kind: String {
    switch self {
    case .none: "nothing (None)"
    case .bool: "a truth value"
    case .int, .float: "a number"
    case .string: "text"
    case .bytes: "bytes"
    case .list, .tuple: "a list"
    case .dictionary: "a dictionary"
    case .array: "an array"
    case .strings: "an array of text"
    }
  }
}
