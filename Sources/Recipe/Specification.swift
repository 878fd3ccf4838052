import Core

/// A model or a data set as the user names it: `[NAME=]KIND[:TARGET][?KEY=VALUE&…]`, such as
/// `wide=py:nets.py:resnet?width=2&checkpoint=wide.pt`.
///
/// This is the only parser of that text: the form, the command line, jobs and Python, which is sent
/// what was parsed, all go by it. Any text is taken apart; `problem(as:)` tells what is wrong with it.
public struct Specification: Sendable, Equatable {
  /// What a specification names.
  public enum Role: Sendable {
    /// A network.
    case model
    /// Samples.
    case data
  }

  /// The name before the first `=`, if no colon, question mark or slash comes before that.
  public var givenName: String?
  /// `torchvision`, `py` and so on: all before the first colon.
  public var kind: String
  /// What follows the colon: a name, a path, or `FILE:FUNCTION`; nil where there is no colon.
  public var target: String?
  /// What follows the question mark, as it is written; nil where there is none.
  public var query: String?

  /// Takes `text` apart.
  public init(_ text: String) {
    var body = text[...]
    if let mark = text.firstIndex(where: { "=:?/".contains($0) }), text[mark] == "=",
      mark > text.startIndex
    {
      givenName = String(text[..<mark])
      body = text[text.index(after: mark)...]
    }
    if let mark = body.firstIndex(of: "?") {
      query = String(body[body.index(after: mark)...])
      body = body[..<mark]
    }
    guard let colon = body.firstIndex(of: ":") else {
      kind = String(body)
      return
    }
    kind = String(body[..<colon])
    target = String(body[body.index(after: colon)...])
  }

  /// The text again.
  public var text: String { prefix + unnamed }

  /// The given name with its `=`; empty where none is given.
  public var prefix: String { givenName.map { $0 + "=" } ?? "" }

  /// The text without the given name.
  public var unnamed: String {
    kind + (target.map { ":" + $0 } ?? "") + (query.map { "?" + $0 } ?? "")
  }

  /// What stands between the `&`s of the query, empty parts left out.
  public var options: [SpecificationOption] {
    (query ?? "").split(separator: "&").map { SpecificationOption(String($0)) }
  }

  /// What the option `key` says; nil where it is not there.
  public subscript(_ key: String) -> OptionValue? {
    options.last { $0.key == key }?.value
  }

  /// The part before the last colon of the target, and the part after it: `FILE` and `FUNCTION`, or
  /// a repository and a function; nil while there is no such colon.
  public var parts: (place: String, function: String)? {
    guard let target, let colon = target.lastIndex(of: ":") else { return nil }
    return (String(target[..<colon]), String(target[target.index(after: colon)...]))
  }
}

/// One `KEY=VALUE` of a specification, in which `%26` is an `&`, in keys as in values.
public struct SpecificationOption: Sendable, Equatable {
  /// The key.
  public let key: String
  /// The text behind the `=`; nil where there is no `=`.
  public let text: String?

  /// Takes apart what is written between two `&`s.
  public init(_ written: String) {
    guard let mark = written.firstIndex(of: "=") else {
      (key, text) = (written.percentDecoded, nil)
      return
    }
    key = String(written[..<mark]).percentDecoded
    text = String(written[written.index(after: mark)...]).percentDecoded
  }

  /// An option that says so.
  public init(key: String, text: String) { (self.key, self.text) = (key, text) }

  /// What the text means; the empty text where there is none.
  public var value: OptionValue { OptionValue(text ?? "") }

  /// The option as it is written in a specification.
  public var written: String {
    let encoded = { (text: String) in
      text.replacing("%", with: "%25").replacing("&", with: "%26")
    }
    return encoded(key).replacing("=", with: "%3D") + (text.map { "=" + encoded($0) } ?? "")
  }
}

extension String {
  /// With `%XX` as the bytes that they stand for. A `%` without two hexadecimal digits stands for
  /// itself; bytes that are no UTF-8 become U+FFFD.
  var percentDecoded: String {
    guard contains("%") else { return self }
    let bytes = Array(utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = Character(UnicodeScalar(bytes[index + 1])).hexDigitValue,
        let low = Character(UnicodeScalar(bytes[index + 2])).hexDigitValue
      {
        decoded.append(UInt8(high * 16 + low))
        index += 3
      } else {
        decoded.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}
