import Core
import Formats
import Foundation

/// What the Python package says of models before they are run: the answer to `describe`.
public struct TorchDescription: Sendable, Equatable {
  /// A model on a data set.
  public struct Model: Sendable, Equatable {
    /// Its name, safe to show.
    public var name: String
    /// The data set's name.
    public var dataset: String
    /// Layers in the order in which they run.
    public var layers: [String]
    /// Layers that are left out because another one gives the same, with a reason.
    public var folded: [String: String]
    /// Number of parameters; nil where unknown.
    public var parameters: Int?
  }

  /// The models, once for each data set.
  public var models: [Model]
  /// Samples of each minibatch.
  public var sampleCounts: [Int]
  /// Seconds that a minibatch takes.
  public var secondsPerMinibatch: Double?
  /// The most memory that it needs, in bytes.
  public var peakBytes: Int?
  /// What it runs on.
  public var device: String
  /// Libraries with their versions.
  public var versions: [String: String]
  /// What a sample is, and which axes were taken for what; one line each.
  public var taken: [String]
  /// What the user should know; one line each.
  public var warnings: [String]
}

extension TorchDescription {
  /// Most bytes of an answer that are read.
  public static let mostBytes = 1 << 26

  /// The description that `json` holds; all texts are made safe to show.
  /// - Throws: `FormatError` when it is none.
  public init(json: Data) throws(FormatError) {
    let answer: Answer
    do {
      answer = try JSONDecoder().decode(Answer.self, from: json)
    } catch {
      throw FormatError(.process, "Python's description of the models cannot be understood")
    }
    models = answer.models.map { model in
      Model(
        name: SafeText.sanitise(model.name), dataset: SafeText.sanitise(model.dataset ?? ""),
        layers: model.layers.map(SafeText.sanitise),
        folded: Self.safe(model.folded ?? [:]), parameters: model.parameters.flatMap(Self.count))
    }
    sampleCounts = answer.samples.map { min(max(0, $0), 1 << 30) }
    secondsPerMinibatch = answer.seconds_per_minibatch.flatMap { $0 >= 0 ? $0 : nil }
    peakBytes = answer.peak_bytes.flatMap(Self.count)
    device = SafeText.sanitise(answer.device ?? "")
    versions = Self.safe((answer.versions ?? [:]).compactMapValues { $0 })
    taken = (answer.taken ?? []).map(SafeText.sanitise)
    warnings = (answer.warnings ?? []).map(SafeText.sanitise)
  }

  private struct Answer: Decodable {
    struct Model: Decodable {
      var name: String
      var dataset: String?
      var layers: [String]
      var folded: [String: String]?
      var parameters: Double?
    }
    var models: [Model]
    var samples: [Int]
    var seconds_per_minibatch, peak_bytes: Double?
    var device: String?
    var versions: [String: String?]?
    var taken, warnings: [String]?
  }

  private static func count(_ number: Double) -> Int? {
    (0...1e18) ~= number ? Int(number) : nil
  }

  private static func safe(_ texts: [String: String]) -> [String: String] {
    Dictionary(
      texts.map { (SafeText.sanitise($0.key), SafeText.sanitise($0.value)) },
      uniquingKeysWith: { first, _ in first })
  }
}
