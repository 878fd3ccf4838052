import Core

/// What a backend says of itself, for the record; all of it may be left out.
public struct BackendAbout: Sendable, Equatable {
  /// Programs and libraries with their versions.
  public var versions: [String: String] = [:]
  /// What it chose: "device" is "cpu".
  public var settings: [String: String] = [:]
  /// What the user should know; one line each.
  public var warnings: [String] = []

  /// Most entries of each kind.
  static let mostEntries = 256

  /// Nothing is said.
  public init() {}
}

extension BackendAbout {
  /// As JSON text.
  var json: String {
    func object(_ texts: [String: String]) -> String {
      JSONText.object(
        texts.sorted { $0.key < $1.key }.map { ($0.key, JSONText.string($0.value)) })
    }
    return JSONText.object([
      ("versions", object(versions)), ("settings", object(settings)),
      ("warnings", JSONText.list(warnings)),
    ])
  }

  /// What `text` says; all texts are made safe to show.
  /// - Throws: `FormatError` when it is no such JSON object, or has more than `mostEntries` of a
  ///   kind.
  init(json text: String) throws(FormatError) {
    guard let fields = try JSONReader.value(of: text).fields else {
      throw FormatError(.wrongType, "it is not a JSON object", at: "metadata 'about'")
    }
    versions = try Self.texts("versions", fields["versions"])
    settings = try Self.texts("settings", fields["settings"])
    guard let value = fields["warnings"] else { return }
    let texts = value.list?.compactMap(\.safeText) ?? []
    guard value.list?.count == texts.count, texts.count <= Self.mostEntries else {
      throw FormatError(
        .wrongType, "warnings is not a list of at most \(Self.mostEntries) texts",
        at: "metadata 'about'")
    }
    warnings = texts
  }

  private static func texts(
    _ name: String, _ value: Value?
  ) throws(FormatError) -> [String: String] {
    guard let value else { return [:] }
    var texts: [String: String] = [:]
    for (key, value) in value.fields ?? [] {
      guard let key = key.safeText, let text = value.safeText else { continue }
      texts[key] = text
    }
    guard value.fields?.count == texts.count, texts.count <= mostEntries else {
      throw FormatError(
        .wrongType, "\(name) is not an object of at most \(mostEntries) texts",
        at: "metadata 'about'")
    }
    return texts
  }
}
