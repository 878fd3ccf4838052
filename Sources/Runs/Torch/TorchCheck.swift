import Core
import Formats
import Recipe
import Foundation
import Similarity
import TorchBackend

/// Looks at models before they are run: what will be compared, and what it takes.
public struct TorchCheck {
  /// Seconds that models get to say what they are: weights may have to be read from a slow disk.
  public static let timeout = 120.0

  private let torch: TorchCommand
  private let recipe: Recipe

  /// A look at the models of `recipe`, which `torch` runs.
  public init(_ torch: TorchCommand, recipe: Recipe) {
    self.torch = torch
    self.recipe = recipe
  }

  /// Models, layers, minibatches, time and memory, in lines ready to show.
  /// - Throws: why they cannot be compared; `CancellationError` when `shouldStop` says so.
  public func lines(timeout: Double, shouldStop: @escaping () -> Bool) throws -> [String] {
    let answer = try PythonAnswer.data(
      torch.arguments("describe"), folder: torch.folder, timeout: timeout,
      shouldStop: shouldStop)
    return try Self.lines(
      TorchDescription(json: answer), options: try ComputeChoices(recipe).options)
  }

  /// The models by name, before Python is asked: "resnet18 × resnet34".
  public static func title(of recipe: Recipe) throws(FormatError) -> String {
    let specifications: (models: [Specification], data: [Specification])
    do throws(RecipeError) { specifications = try recipe.specifications() } catch {
      throw FormatError(error)
    }
    let names = specifications.models.map { $0.name(as: .model) }
    let data = specifications.data.map { $0.name(as: .data) }
    let title = StudyOutline.title(names)
    return data.count > 1 ? "\(title) on \(data.joined(separator: " × "))" : title
  }

  /// The description in words.
  static func lines(_ description: TorchDescription, options: StudyOptions) -> [String] {
    let outline = StudyOutline(
      layerCounts: description.models.map { (title($0), $0.layers.count) },
      sampleCounts: description.sampleCounts, options: options)
    var lines = outline.modelLines + description.taken
    let folded = description.models.flatMap { model in
      model.folded.map { "\($0.key) is \($0.value)" }
    }.sorted(by: naturalOrder)
    if let example = folded.first {
      lines.append(
        "\(StudyOutline.count(folded.count, "layer")) left out that another one repeats: "
          + example + (folded.count > 1 ? ", …" : ""))
    }
    lines.append(outline.minibatchLine)
    lines += outline.nullLines
    lines += [time(description), memory(description, outline)].compactMap { $0 }
    return lines + description.warnings
  }

  private static func title(_ model: TorchDescription.Model) -> String {
    let name = Axis(model: model.name, dataset: model.dataset, layers: []).figureTitle
    guard let parameters = model.parameters, parameters > 0 else { return name }
    return "\(name), \(rounded(Double(parameters))) parameters"
  }

  private static func time(_ description: TorchDescription) -> String? {
    guard let seconds = description.secondsPerMinibatch else { return nil }
    let all = RunProgress.duration(seconds * Double(description.sampleCounts.count))
    let place = description.device.isEmpty ? "" : " on \(description.device)"
    return "about \(all)\(place), \(rounded(seconds, seconds: true)) a minibatch"
  }

  private static func memory(
    _ description: TorchDescription, _ outline: StudyOutline
  ) -> String? {
    guard let bytes = description.peakBytes else { return nil }
    return "about \(Int((Double(bytes) / 1e6).rounded(.up))) MB of memory for the models, and "
      + "\(outline.megabytes) MB for the sums"
  }

  /// Two or three digits and a unit: "11.7 million", "0.52 s".
  private static func rounded(_ number: Double, seconds: Bool = false) -> String {
    if seconds { return number < 10 ? "\(number.fixed(2)) s" : "\(number.fixed(0)) s" }
    if number >= 1e9 { return "\((number / 1e9).fixed(1)) billion" }
    if number >= 1e6 { return "\((number / 1e6).fixed(1)) million" }
    return "\(Int(number))"
  }
}
