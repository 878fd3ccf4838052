import Core

/// A name that tells one run of several from the others by its seed: `cnn-seed3`, `cnn_s3`,
/// `runs/seed=3/cnn`.
public struct SeedName: Sendable, Hashable {
  /// The name without its seed: what all runs have in common.
  public var base: String
  /// The seed as it is written: "3".
  public var seed: String

  /// A name of these parts.
  public init(base: String, seed: String) {
    self.base = base
    self.seed = seed
  }

  /// Finds the seed in `text`: `seed` or `s` and digits between the ends of words, the last of
  /// several. Nil where there is none.
  ///
  /// After `s` alone, 8, 14, 16 and 32 are taken for the patch sizes of vision transformers
  /// (`vit_s16`), never for seeds.
  public init?(_ text: String) {
    let words = Self.words(text)
    for index in words.indices.reversed() {
      guard let (first, digits) = Self.seed(at: index, of: words) else { continue }
      // What stands before the seed goes with it, once: "a-s2-b" is "a-b".
      let base =
        Self.joined(words[..<first]).dropLast() + words[index].end
        + Self.joined(words[(index + 1)...])
      let isEnd = { (character: Character) in Self.ends.contains(character) }
      let trimmed = base.drop(while: isEnd).reversed().drop(while: isEnd).reversed()
      self.init(base: String(trimmed), seed: digits)
      return
    }
    return nil
  }

  /// What words end with.
  private static let ends = "-_ =.:,/()"

  private typealias Word = (text: String, end: String)

  /// Words and the character behind each.
  private static func words(_ text: String) -> [Word] {
    var words: [Word] = [("", "")]
    for character in text {
      if ends.contains(character) {
        words[words.count - 1].end = String(character)
        words.append(("", ""))
      } else {
        words[words.count - 1].text.append(character)
      }
    }
    return words
  }

  private static func joined(_ words: ArraySlice<Word>) -> String {
    words.map { $0.text + $0.end }.joined()
  }

  /// The seed that ends with the word at `index`, and the word with which it begins.
  private static func seed(at index: Int, of words: [Word]) -> (first: Int, digits: String)? {
    let word = words[index].text.lowercased()
    let digits = String(word.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
    guard !digits.isEmpty, digits.count <= 12 else { return nil }
    let letters = word.dropLast(digits.count)
    if letters == "seed" { return (index, digits) }
    if letters == "s", !patchSizes.contains(digits) { return (index, digits) }
    guard letters.isEmpty, index > 0, "-_ =:".contains(words[index - 1].end) else { return nil }
    let previous = words[index - 1].text.lowercased()
    let isSeed = previous == "seed" || previous == "s" && words[index - 1].end == "="
    return isSeed ? (index - 1, digits) : nil
  }

  private static let patchSizes: Set<String> = ["8", "14", "16", "32"]
}

/// How names tell seeds, where it is said: `{name}-seed{seed}`.
public struct SeedPattern: Sendable, Equatable {
  private let before, between, after: String
  private let nameIsFirst: Bool

  /// Reads a pattern with one `{name}` and one `{seed}`; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: "{name}", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return nil }
    let inSecond = parts[1].split(separator: "{seed}", omittingEmptySubsequences: false)
    let inFirst = parts[0].split(separator: "{seed}", omittingEmptySubsequences: false)
    if inSecond.count == 2, inFirst.count == 1 {
      (before, between, after) = (parts[0], String(inSecond[0]), String(inSecond[1]))
      nameIsFirst = true
    } else if inFirst.count == 2, inSecond.count == 1 {
      (before, between, after) = (String(inFirst[0]), String(inFirst[1]), parts[1])
      nameIsFirst = false
    } else {
      return nil
    }
    // Nothing would say where one ends and the other begins.
    if between.isEmpty { return nil }
  }

  /// The parts of `text` when the whole of it fits: the name takes as much as it can, the seed is a
  /// word or a number; nil when it does not fit.
  public func parts(of text: String) -> SeedName? {
    guard text.hasPrefix(before), text.hasSuffix(after),
      text.count > before.count + after.count
    else { return nil }
    let inner = text.dropFirst(before.count).dropLast(after.count)
    let cuts = inner.indices.filter { inner[$0...].hasPrefix(between) }
    guard let cut = nameIsFirst ? cuts.last : cuts.first else { return nil }
    let sides = (inner[..<cut], inner[cut...].dropFirst(between.count))
    let (name, seed) = nameIsFirst ? sides : (sides.1, sides.0)
    let isWord = seed.allSatisfy { $0.isLetter || $0.isNumber }
    guard !name.isEmpty, !seed.isEmpty, isWord else { return nil }
    return SeedName(base: String(name), seed: String(seed))
  }
}
