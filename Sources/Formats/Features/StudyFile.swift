import Core
import Foundation

/// A comparison written down, so that its figure can be made again: what `cka compute` is told, as
/// YAML.
///
/// ```yaml
/// features: [resnet18.safetensors, resnet34.safetensors]
/// output: depth.cka.safetensors
/// batch-size: 128
/// estimator: unbiased
/// ```
///
/// Only `features`, or `models` and `data`, must be there. Paths are relative to the file's folder.
/// What a text such as `estimator` may say is for the computing part to know; here it is any text.
public struct StudyFile: Sendable, Equatable {
  /// How many samples a minibatch has.
  public enum BatchSize: Sendable, Equatable {
    /// All samples are one minibatch.
    case all
    /// So many, at least one.
    case samples(Int)
  }

  /// Files and folders of activations; empty when models are run.
  public var features: [String]
  /// The models to run instead of reading activations.
  public var models: ModelStudy?
  /// Where the result goes.
  public var output: String?
  /// Samples in a minibatch.
  public var batchSize: BatchSize?
  /// `unbiased` or `biased`.
  public var estimator: String?
  /// `linear` or `rbf:FRACTION`.
  public var kernel: String?
  /// `equal`, `pairs` or `samples`; nil for what this version takes, `pairs`. A file that says
  /// nothing means `equal`, as all files did before there was another: `read` puts it here.
  public var weighting: String?
  /// A layer filter.
  public var layers: String?
  /// What becomes of positions.
  public var pool: Pooling?
  /// `float32` or `float64`.
  public var precision: String?
  /// Threads, at least one.
  public var threads: Int?
  /// The half width of a 95 % interval at which to stop, above 0.
  public var untilCI: Double?
  /// How names are read.
  public var layout: FeatureLayout?
  /// What the axes of saved arrays are.
  public var axes: FeatureAxes?
  /// What becomes of the tokens of saved arrays.
  public var tokens: TokenPooling?
  /// Which statistics are kept.
  public var keep: String?
  /// The seed of the order in which samples are taken; negative for the order of the data; nil for
  /// what the data make of it: folders are shuffled, with seed 0.
  public var shuffle: Int?
  /// How often samples are permuted for a null, if at all.
  public var null: Int?
  /// What those permutations are drawn by, 0 where nothing is said.
  public var nullSeed: Int?
  /// A layer that is bad in a few minibatches costs those minibatches, not itself.
  public var skipBad: Bool?

  /// A study of `features` with nothing else said.
  public init(features: [String]) { self.features = features }

  /// A study that runs models.
  public init(models: ModelStudy) {
    features = []
    self.models = models
  }
}

// MARK: Files

extension StudyFile {
  /// The study in the file at `path`; its paths lead from the working folder.
  /// - Throws: `FormatError` with the line of what is wrong.
  public static func read(path: String) throws(FormatError) -> StudyFile {
    do throws(FormatError) {
      let region = try MappedFile.region(path: path)
      guard let text = String(validating: region.bytes, as: UTF8.self) else {
        throw FormatError("the study file is not UTF-8 text")
      }
      var study = try StudyFile(yaml: text, folder: folder(of: path))
      // A figure that is made again from an old file must not change.
      study.weighting = study.weighting ?? weightingOfOldFiles
      return study
    } catch {
      var error = error
      error.file = SafeText.sanitise(path)
      throw error
    }
  }

  /// The study as YAML text, for a file in `folder`: paths below it become relative to it, all
  /// others absolute.
  public func encode(folder: String = ".") -> String {
    var lines: [String] = []
    func add(_ key: Key, _ value: String?) {
      if let value { lines.append("\(key.rawValue):\(value.hasPrefix("\n") ? "" : " ")\(value)") }
    }
    if !features.isEmpty || models == nil {
      add(
        .features,
        features.map { "\n  - " + Self.quoted(Self.relative($0, to: folder)) }.joined())
    }
    for line in models?.lines(folder: folder, quoted: Self.quoted) ?? [] {
      add(line.key, line.value)
    }
    add(.output, output.map { Self.quoted(Self.relative($0, to: folder)) })
    switch batchSize {
    case .all: add(.batchSize, "all")
    case .samples(let count): add(.batchSize, String(count))
    case nil: break
    }
    add(.estimator, estimator.map(Self.quoted))
    add(.kernel, kernel.map(Self.quoted))
    add(.weighting, weighting.map(Self.quoted))
    add(.layers, layers.map(Self.quoted))
    add(.pool, pool?.rawValue)
    add(.precision, precision.map(Self.quoted))
    add(.threads, threads.map(String.init))
    add(.untilCI, untilCI.map { String($0) })
    add(.layout, layout.map { Self.quoted($0.text) })
    add(.axes, axes.map { Self.quoted($0.text) })
    add(.tokens, tokens?.rawValue)
    add(.keep, keep.map(Self.quoted))
    add(.shuffle, shuffle.map(Self.shuffleText))
    add(.null, null.map(String.init))
    add(.nullSeed, nullSeed.map(String.init))
    add(.skipBad, skipBad.map { String($0) })
    return lines.joined(separator: "\n") + "\n"
  }

  /// The keys of a study file, in the order in which they are written.
  enum Key: String, CaseIterable {
    case features, models, data
    case secondData = "data2"
    case maxBatches = "max-batches"
    case types, tokens, device, dtype, tf32
    case keepDuplicates = "keep-duplicates"
    case seed, python, output
    case batchSize = "batch-size"
    case estimator, kernel, weighting, layers, pool, precision, threads
    case untilCI = "until-ci"
    case layout, axes, keep, shuffle, null
    case nullSeed = "null-seed"
    case skipBad = "skip-bad"
  }

  /// How an order is written: its seed, or `none` for the order of the data.
  public static func shuffleText(_ shuffle: Int) -> String {
    shuffle < 0 ? "none" : String(shuffle)
  }

  /// The order that `text` asks for: -1 for `none`; nil when it is neither that nor a seed, a number
  /// from 0 to 2³² - 1.
  public static func shuffle(_ text: String) -> Int? {
    if text == "none" { return -1 }
    return Int(text).flatMap { isSeed($0) ? $0 : nil }
  }

  /// Whether a number is a seed: from 0 to 2³² - 1.
  public static func isSeed(_ number: Int) -> Bool { (0..<1 << 32).contains(number) }

  /// What a file means that says no weighting.
  public static let weightingOfOldFiles = "equal"

  /// `path` as it is, when it is absolute, else below `folder`.
  static func joined(_ path: String, to folder: String) -> String {
    path.hasPrefix("/") || folder == "." || folder.isEmpty ? path : folder + "/" + path
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func relative(_ path: String, to folder: String) -> String {
    guard folder != "." || path.hasPrefix("/") else { return path }
    let base = URL(filePath: folder).standardizedFileURL.pathComponents
    let full = URL(filePath: path).standardizedFileURL.pathComponents
    guard full.starts(with: base), full.count > base.count else {
      return "/" + full.dropFirst().joined(separator: "/")
    }
    return full.dropFirst(base.count).joined(separator: "/")
  }

  /// JSON's quotes are YAML's too; without them `!*.bn*` would be a tag and `*` an alias.
  private static func quoted(_ text: String) -> String { JSONText.string(text) }
}
