/// Paths typed on one line: blanks part them, a backslash keeps the next character as it is.
enum Words {
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var isEscaped = false
    for character in text {
      if isEscaped || (character != "\\" && character != " ") {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if let whole = word {
        words.append(whole)
        word = nil
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// The word at the end of `text`, and what stands before it; the word is empty after a blank.
  static func last(_ text: String) -> (before: String, word: String) {
    var start = text.startIndex
    var isEscaped = false
    for index in text.indices {
      if text[index] == " ", !isEscaped { start = text.index(after: index) }
      isEscaped = text[index] == "\\" && !isEscaped
    }
    return (String(text[..<start]), split(String(text[start...])).first ?? "")
  }

  /// `path` as it has to be typed.
  static func escaped(_ path: String) -> String {
    path.replacing("\\", with: "\\\\").replacing(" ", with: "\\ ")
  }
}

extension StringProtocol {
  /// Without blanks at either end.
  var trimmed: String {
    let tail = drop { $0 == " " }
    guard let end = tail.lastIndex(where: { $0 != " " }) else { return "" }
    return String(tail[...end])
  }
}
