import ArgumentParser
import Core
import Formats
import Foundation
import Recipe
import Runs

/// What a computation is told on the command line: a recipe, in a file or in words.
struct ComputeOptions: ParsableArguments {
  @Argument(
    help: """
      Files and folders of saved activations (safetensors, npz, npy, pt, h5); or one recipe (.yaml) \
      that says the same as these options; or 'torch' and models to run.
      """, completion: .file())
  var features: [String] = []

  @OptionGroup var options: RecipeOptions<SharedPart>

  @Option(
    help: """
      Compute one shard of the minibatches, such as 3/16, counted from 1; or auto, in a Slurm array \
      or under torchrun. cka merge puts shards together.
      """)
  var shard: String?

  @Option(help: "Split the minibatches among so many processes of this machine.")
  var workers: Int?

  @Option(help: "The same, a process for each of these: cuda:0,cuda:1.")
  var devices: String?

  @OptionGroup(title: "Options of compute torch")
  var ofModels: RecipeOptions<ModelPart>

  func validate() throws {
    guard workers.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("--workers must be from 1 to 256")
    }
    guard [shard != nil, workers != nil, devices != nil].count(where: \.self) <= 1 else {
      throw ValidationError("say one of --shard, --workers and --devices")
    }
    do {
      let said = try said()
      if let shard, shard != "auto" { _ = try ShardChoice(shard, environment: [:]) }
      if (shard ?? devices) != nil || (workers ?? 1) > 1, said[.untilCI] != nil {
        throw RunRequest.stopsEarly
      }
      guard !isRecipe else { return }
      if said.subject == nil, features.first == Recipe.torchWord {
        throw ValidationError("no models; name some, such as torchvision:resnet18")
      }
      if said.subject == nil {
        throw ValidationError("name files of activations, or a recipe (.yaml), or a --backend")
      }
      try said.check()
      _ = try ComputeChoices(said)
    } catch let error as RecipeError {
      throw ValidationError(error.line)
    } catch let error as FormatError {
      throw ValidationError(error.description)
    }
  }

  /// What is said here, without the recipe's file.
  private func said() throws(RecipeError) -> Recipe {
    var recipe =
      isRecipe
      ? Recipe()
      : features.first == Recipe.torchWord
        ? Recipe(models: Array(features.dropFirst())) : Recipe(features: features)
    try options.override(&recipe)
    try ofModels.override(&recipe)
    return recipe
  }

  /// Everything that is said, by the recipe's file and by options, which win.
  /// - Throws: `FormatError` when the file cannot be read, or both together cannot be carried out.
  func recipe() throws(FormatError) -> Recipe {
    var recipe = isRecipe ? try Recipe.read(path: features[0]) : Recipe()
    do throws(FormatError) {
      do throws(RecipeError) {
        let said = try said()
        if !isRecipe { (recipe.features, recipe.models) = (said.features, said.models) }
        // Specifications on the command line lead from the working folder.
        if said[.data] != nil || said[.data2] != nil { recipe = recipe.moved(to: ".") }
        recipe.override(by: said)
        try recipe.check()
      } catch {
        throw FormatError(error)
      }
      _ = try ComputeChoices(recipe)
    } catch {
      var error = error
      if isRecipe { error.file = SafeText.sanitise(features[0]) }
      throw error
    }
    return recipe
  }

  /// What a run is asked for.
  /// - Parameter command: the command line, for the record.
  func request(command: [String] = CommandLine.arguments) throws(FormatError) -> RunRequest {
    var request = RunRequest(try recipe(), command: command)
    if let shard {
      request.shard = try ShardChoice(shard, environment: ProcessInfo.processInfo.environment)
    }
    if let devices {
      guard request.recipe.subject == .models else {
        throw FormatError(.request, "--devices is for models", remedy: "take --workers COUNT")
      }
      request.devices = devices.split(separator: ",", omittingEmptySubsequences: false).map {
        String($0)
      }
    } else if let workers, workers > 1 {
      request.devices = Array(repeating: nil, count: workers)
    }
    return request
  }

  /// Whoever typed this named the Python.
  var namesPython: Bool { ofModels.said.contains { $0.option == .python } }

  /// What is wrong with `-o`; nil when it is fine, or a recipe may say where the result goes.
  var outputProblem: String? {
    guard let output = options.said.last(where: { $0.option == .output })?.text else {
      return isRecipe ? nil : "nothing says where the result goes; add -o NAME.cka.safetensors"
    }
    return Self.isBundle(output) ? nil : "-o must end in .cka.safetensors"
  }

  /// A recipe's file is all that was named.
  private var isRecipe: Bool { features.count == 1 && Self.isRecipe(features[0]) }

  /// Whether a path has the ending of a bundle.
  static func isBundle(_ path: String) -> Bool { path.lowercased().hasSuffix(".safetensors") }

  /// Whether a path has the ending of a recipe.
  static func isRecipe(_ path: String) -> Bool {
    [".yaml", ".yml"].contains { path.lowercased().hasSuffix($0) }
  }
}
