import Core
import Formats
import Foundation
import Similarity

/// What a study file or a command line asks for, in the types that the computing part knows.
public struct ComputeChoices: Sendable {
  /// What the figures mean.
  public var options: StudyOptions
  /// How the files are read.
  public var reading: FeatureOptions
  /// Threads to use, at least one.
  public var threads: Int
  /// The half width of every 95 % interval at which to stop.
  public var untilCI: Double?

  /// Samples in a minibatch when nothing is said: enough for the unbiased estimator, and a small
  /// product.
  public static let standardBatchSize = 128

  /// The choices that `recipe` makes.
  /// - Throws: one line that names the choice that does not exist.
  public init(_ recipe: StudyFile) throws(FormatError) {
    options = StudyOptions(
      estimator: try Self.choice("estimator", recipe.estimator, .unbiased),
      kernel: try Self.kernel(recipe.kernel),
      weighting: try Self.choice("weighting", recipe.weighting, .standard),
      precision: try Self.choice("precision", recipe.precision, .float32),
      keep: try Self.keep(recipe.keep), null: try Self.null(recipe.null),
      skipBad: recipe.skipBad ?? false)
    reading = FeatureOptions(
      layout: recipe.layout ?? .automatic, layers: try Self.filter(recipe.layers),
      pool: recipe.pool ?? .flatten, axes: recipe.axes,
      shuffle: recipe.shuffle.flatMap { $0 < 0 ? nil : $0 })
    reading.tokens = recipe.tokens
    switch recipe.batchSize {
    case .all: reading.batching = .all
    case .samples(let count): reading.batching = .samples(count)
    case nil: reading.batching = .standard(Self.standardBatchSize)
    }
    threads = recipe.threads ?? ProcessInfo.processInfo.activeProcessorCount
    guard threads > 0, threads <= 4096 else {
      throw FormatError("threads must be 1 to 4096, not \(threads)")
    }
    untilCI = recipe.untilCI
    if let untilCI {
      guard untilCI > 0, untilCI.isFinite else {
        throw FormatError("until-ci must be above 0, not \(untilCI)")
      }
      guard options.keep != .sumsOnly else {
        throw FormatError(
          "until-ci needs the scores of minibatches", remedy: "leave out 'keep: sums'")
      }
    }
  }

  /// A number of samples, or `all`.
  public static func batchSize(_ text: String) throws(FormatError) -> StudyFile.BatchSize {
    if text == "all" { return .all }
    guard let count = Int(text), count >= StudyOptions.fewestSamples else {
      throw FormatError(
        "batch-size must be 'all' or at least \(StudyOptions.fewestSamples), not '\(text)'")
    }
    return .samples(count)
  }

  /// `flatten` or `mean`.
  public static func pooling(_ text: String) throws(FormatError) -> Pooling {
    try choice("pool", text, .flatten)
  }

  /// `flatten`, `mean` or `class`, for saved arrays.
  public static func tokens(_ text: String) throws(FormatError) -> TokenPooling {
    try choice("tokens", text, .flatten)
  }

  /// A seed, or `none`.
  public static func shuffle(_ text: String) throws(FormatError) -> Int {
    guard let shuffle = StudyFile.shuffle(text) else {
      throw FormatError(
        "shuffle must be a seed from 0 to 4294967295, or none, not '\(SafeText.sanitise(text))'")
    }
    return shuffle
  }

  private static func choice<Choice>(
    _ name: String, _ text: String?, _ standard: Choice
  ) throws(FormatError) -> Choice
  where Choice: RawRepresentable<String> & CaseIterable {
    guard let text else { return standard }
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: " or ")
      throw FormatError("\(name) must be \(known), not '\(SafeText.sanitise(text))'")
    }
    return choice
  }

  private static func kernel(_ text: String?) throws(FormatError) -> Kernel {
    guard let text else { return .linear }
    guard let kernel = Kernel(text: text) else {
      throw FormatError(
        "kernel must be linear or rbf:FRACTION with a fraction above 0, not "
          + "'\(SafeText.sanitise(text))'")
    }
    return kernel
  }

  private static func keep(_ text: String?) throws(FormatError) -> KeepPolicy {
    guard let text else { return .standard }
    if text == "sums" { return .sumsOnly }
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = text.last.flatMap { units[$0] }
    let (bytes, overflow) = (Int(unit == nil ? text : String(text.dropLast())) ?? -1)
      .multipliedReportingOverflow(by: unit ?? 1)
    guard !overflow, bytes >= 0 else {
      throw FormatError(
        "keep must be a number of bytes such as 64M or 1G, or 'sums', not "
          + "'\(SafeText.sanitise(text))'")
    }
    return .upTo(bytes: bytes)
  }

  private static func null(_ draws: Int?) throws(FormatError) -> NullPlan? {
    guard let draws else { return nil }
    guard (NullPlan.fewestDraws...NullPlan.mostDraws).contains(draws) else {
      throw FormatError(
        "null must be \(NullPlan.fewestDraws) to \(NullPlan.mostDraws), not \(draws)",
        remedy: "fewer draws cannot tell a cell apart at 5 %; 200 are usual")
    }
    return NullPlan(draws: draws)
  }

  private static func filter(_ text: String?) throws(FormatError) -> LayerFilter? {
    guard let text else { return nil }
    do throws(LayerFilterError) { return try LayerFilter(text) } catch {
      throw FormatError(error.description)
    }
  }
}
