import Recipe

/// What Tab asks: which texts may stand where one was begun.
public struct CompletionRequest: Sendable, Equatable {
  /// What the text is.
  public enum Kind: Sendable, Equatable {
    /// A file or folder of saved activations.
    case features
    /// The result file.
    case output
    /// A model's specification.
    case model
    /// The specification of data.
    case data
    /// Where models run.
    case device
    /// Any file.
    case path
    /// A recipe.
    case recipe
  }
  /// What the text is.
  public var kind: Kind
  /// The text so far.
  public var text: String
  /// The interpreter that knows the names of networks; empty for the one that would be found.
  public var python = ""
  /// The field that asked; nil for a prompt.
  public var field: ComputeForm.Field?
  /// Files of the results on the screen, whose origins are worth offering.
  public var shown: [String] = []
  /// It follows from a choice, and nobody pressed Tab for it: that there is nothing is not worth a
  /// word.
  var isUnasked = false

  /// The question what may stand where `text` was begun.
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

extension CompletionRequest {
  /// The library whose networks are asked for, which Python has to tell; nil for what takes no
  /// time.
  public var library: String? {
    guard kind == .model else { return nil }
    let specification = Specification(text)
    guard specification.target != nil, specification.query == nil,
      ["torchvision", "timm"].contains(specification.kind)
    else { return nil }
    return specification.kind
  }
}

/// A text that may stand where another one was begun.
public struct Completion: Sendable, Equatable {
  /// The whole text.
  public var text: String
  /// A word about it; empty when it says enough.
  public var note: String

  /// A text on offer.
  public init(_ text: String, note: String = "") {
    self.text = text
    self.note = note
  }
}

extension Completion {
  /// More may follow: a folder, a kind, a file whose function is to be named.
  var isOpen: Bool { text.last.map { "/:=?&".contains($0) } ?? true }
}

/// A list of completions below the form: shown when Tab is ambiguous. While it is open the arrows
/// choose in it, Tab and Enter take what is chosen, and Esc closes it.
struct CompletionMenu: Sendable, Equatable {
  /// What may stand there.
  var candidates: [Completion]
  /// The one that stands there now; nil while it is what was typed.
  var chosen: Int?
  /// What stands before the text on its line.
  var before: String
  /// What was typed.
  var typed: String
  /// Most texts that are listed; nobody goes through more.
  static let most = 2_000

  /// What the list has chosen.
  var choice: Completion? { chosen.map { candidates[$0] } }

  /// Goes on to another candidate: one by one round from the last to the first, in larger steps to
  /// the ends.
  mutating func move(by step: Int) {
    let last = candidates.count - 1
    guard last >= 0 else { return }
    guard let place = chosen else { return chosen = step > 0 ? 0 : last }
    chosen =
      abs(step) > 1
      ? max(0, min(last, place + step)) : (place + step + candidates.count) % candidates.count
  }
}

extension [Completion] {
  /// What all texts begin with.
  var commonPrefix: String {
    guard let first else { return "" }
    return dropFirst().reduce(first.text) { common, next in
      // Nearly always so: a folder may hold a hundred thousand names.
      if next.text.hasPrefix(common) { return common }
      return String(zip(common, next.text).prefix { $0 == $1 }.map(\.0))
    }
  }
}
