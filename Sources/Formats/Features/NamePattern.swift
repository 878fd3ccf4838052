/// A name with holes: `{model}/{layer}`, `{model}_{batch}`.
///
/// From left to right each hole takes the shortest text with which the rest still fits, and so the
/// last one takes what is left. No hole is empty; `{batch}` and `{sample}` take digits
/// only, `{model}` no slash.
struct NamePattern: Sendable, Equatable {
  /// What a hole stands for.
  enum Hole: String, Sendable, CaseIterable { case model, layer, batch, sample }

  /// What the holes took.
  struct Capture: Equatable {
    var model: String?
    var layer: String?
    var batch: Int?
    var sample: Int?
  }

  private enum Piece: Sendable, Equatable {
    case literal(String)
    case hole(Hole)
  }

  private let pieces: [Piece]
  /// Whether no hole may take a slash: the text is a path.
  private let isPath: Bool
  /// Slashes in the pattern.
  let slashes: Int

  /// Reads a pattern.
  /// - Throws: for an unknown or repeated hole, a brace without its partner, and two holes side by
  ///   side, between which nothing says where the first one ends.
  init(_ text: Substring, isPath: Bool) throws(FormatError) {
    var pieces: [Piece] = []
    var rest = text
    while let first = rest.first {
      if first == "{" {
        guard let end = rest.firstIndex(of: "}") else {
          throw Self.refusal(text, "has a { without its }")
        }
        let name = rest[rest.index(after: rest.startIndex)..<end]
        guard let hole = Hole(rawValue: String(name)) else {
          throw Self.refusal(
            text, "has {\(name)}; {model}, {layer}, {batch} and {sample} are known")
        }
        guard !pieces.contains(.hole(hole)) else {
          throw Self.refusal(text, "has {\(name)} twice")
        }
        if case .hole? = pieces.last {
          throw Self.refusal(
            text, "is ambiguous: nothing stands before {\(name)} to end what is there")
        }
        pieces.append(.hole(hole))
        rest = rest[rest.index(after: end)...]
      } else {
        let literal = rest.prefix { $0 != "{" }
        guard !literal.contains("}") else { throw Self.refusal(text, "has a } without its {") }
        pieces.append(.literal(String(literal)))
        rest = rest[literal.endIndex...]
      }
    }
    self.pieces = pieces
    self.isPath = isPath
    slashes = text.count { $0 == "/" }
  }

  /// Whether `hole` stands in the pattern.
  func contains(_ hole: Hole) -> Bool { pieces.contains(.hole(hole)) }

  /// What the holes take when the whole of `text` fits the pattern; nil when it does not.
  func match(_ text: String) -> Capture? { match(pieces[...], text[...]) }

  private func match(_ pieces: ArraySlice<Piece>, _ text: Substring) -> Capture? {
    guard let first = pieces.first else { return text.isEmpty ? Capture() : nil }
    let others = pieces.dropFirst()
    switch first {
    case .literal(let literal):
      return text.starts(with: literal) ? match(others, text.dropFirst(literal.count)) : nil
    case .hole(let hole):
      var end = others.isEmpty ? text.endIndex : text.startIndex
      while true {
        let taken = text[..<end]
        if fits(taken, hole), var capture = match(others, text[end...]) {
          set(hole, to: taken, in: &capture)
          return capture
        }
        guard end < text.endIndex else { return nil }
        end = text.index(after: end)
      }
    }
  }

  private func fits(_ text: Substring, _ hole: Hole) -> Bool {
    guard !text.isEmpty else { return false }
    return switch hole {
    // Eighteen digits always fit an Int.
    case .batch, .sample:
      text.utf8.count <= 18 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    case .model: !text.contains("/")
    case .layer: !isPath || !text.contains("/")
    }
  }

  private func set(_ hole: Hole, to text: Substring, in capture: inout Capture) {
    switch hole {
    case .model: capture.model = String(text)
    case .layer: capture.layer = String(text)
    case .batch: capture.batch = Int(text)
    case .sample: capture.sample = Int(text)
    }
  }

  private static func refusal(_ text: Substring, _ problem: String) -> FormatError {
    FormatError(
      .request, "the layout '\(text)' \(problem)", remedy: "write for example {model}/{layer}")
  }
}
