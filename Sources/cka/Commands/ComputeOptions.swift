import ArgumentParser
import Core
import Formats
import Foundation
import Runs
import Similarity

/// What a computation is told: `cka compute` in a terminal, in the background, and a worker that
/// takes a job up again read the same words.
struct ComputeOptions: ParsableArguments {
  @Argument(
    help: """
      Files and folders of saved activations (safetensors, npz, npy, pt, h5); or one study file \
      (.yaml) that says the same as these options; or 'torch' and models to run.
      """, completion: .file())
  var features: [String] = []

  @Option(
    name: [.short, .long], help: "The bundle to write, NAME.cka.safetensors.", completion: .file())
  var output: String?

  @Option(help: "Samples in a minibatch, or 'all' to take all samples as one. (default: 128)")
  var batchSize: String?

  @Option(help: "How HSIC is estimated: unbiased or biased. (default: unbiased)")
  var estimator: String?

  @Option(
    help: """
      linear, or rbf:FRACTION, whose sigma is that fraction of the median distance between samples \
      (rbf:FRACTION:all counts the n zeros of each sample to itself too). (default: linear)
      """)
  var kernel: String?

  @Option(
    help: """
      A minibatch's weight: pairs (n(n - 3)), samples (n) or equal, as torch_cka has it. (default: \
      pairs; equal in a study file that does not say)
      """)
  var weighting: String?

  @Option(help: "Only layers that match, such as 'conv !*.bn*' or '/fc$/'.")
  var layers: String?

  @Option(
    help: "Positions of a map, and tokens: flatten them, or take their mean. (default: flatten)")
  var pool: String?

  @Option(help: "How Gram matrices are formed: float32 or float64. (default: float32)")
  var precision: String?

  @Option(help: "Threads. (default: one for each processor)")
  var threads: Int?

  @Option(
    name: .customLong("until-ci"),
    help: """
      Stop early once the 95 % interval of every cell is within plus or minus this in two looks in \
      a row; looked at from \(IntervalLooks.fewestMinibatches) minibatches on.
      """)
  var untilCI: Double?

  @Option(help: "How arrays are named, such as '{model}.{layer}' or '{model}_{batch}:{layer}'.")
  var layout: String?

  @Option(
    help: """
      What the axes of saved arrays are, such as 'layers,samples,tokens,features' or \
      'NAME=samples,layers,features; samples,height,width,channels'. (default: samples first; then \
      tokens,features or channels,height,width)
      """)
  var axes: String?

  @Option(
    help: "Scores of minibatches to keep: bytes such as 64M or 1G, or 'sums'. (default: 256M)")
  var keep: String?

  @Option(
    help: """
      The seed of the order in which samples are taken, or 'none' for that of the data. (default: \
      folders of images are shuffled with seed 0, all else keeps its order)
      """)
  var shuffle: String?

  @Option(
    help: """
      Permute the samples so often, and say for each cell how often unrelated samples give as much. \
      (default: not at all)
      """)
  var null: Int?

  @Flag(
    name: .customLong("skip-bad"),
    help: """
      Leave out a minibatch in which a layer has NaN or no Gram matrix, for all layers, instead of \
      the layer.
      """)
  var skipBad = false

  @Option(help: "A command that sends Gram matrices, run by the shell instead of reading files.")
  var backend: String?

  @Option(help: "Seconds of silence after which a backend counts as stalled.")
  var patience = RunRequest.standardPatience

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
  var torch: TorchOptions

  func validate() throws {
    guard !features.isEmpty || backend != nil else {
      throw ValidationError("name files of activations, or a study file (.yaml), or a --backend")
    }
    guard features.isEmpty || backend == nil else {
      throw ValidationError("name files of activations or a --backend, not both")
    }
    guard patience > 0, patience <= 1e6 else {
      throw ValidationError("--patience must be above 0, and at most 1e6 seconds")
    }
    guard workers.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("--workers must be from 1 to 256")
    }
    guard [shard != nil, workers != nil, devices != nil].count(where: \.self) <= 1 else {
      throw ValidationError("say one of --shard, --workers and --devices")
    }
    guard backend == nil || (batchSize ?? layers ?? pool ?? layout ?? axes ?? shuffle) == nil else {
      throw ValidationError(
        "--batch-size, --layers, --pool, --layout, --axes and --shuffle are for the backend to be "
          + "told")
    }
    if !isStudy, features.first != Self.torchWord, let option = torch.firstForModels {
      throw ValidationError("--\(option) is for models: cka compute torch MODEL MODEL --data DATA")
    }
    do throws(FormatError) {
      var said = Self.recipe(of: features)
      try override(&said)
      if !isStudy { try TorchChoices.check(said) }
      _ = try ComputeChoices(said)
    } catch {
      throw ValidationError(error.description)
    }
  }

  /// The argument that models follow.
  static let torchWord = "torch"

  private static func recipe(of arguments: [String]) -> StudyFile {
    guard arguments.first == torchWord else { return StudyFile(features: arguments) }
    return StudyFile(models: ModelStudy(models: Array(arguments.dropFirst())))
  }

  /// Everything that is said, by the study file and by options, which win.
  /// - Throws: `FormatError` when the study file cannot be read.
  func recipe() throws(FormatError) -> StudyFile {
    var recipe = Self.recipe(of: features)
    if isStudy { recipe = try StudyFile.read(path: features[0]) }
    try override(&recipe)
    do throws(FormatError) {
      if recipe.models == nil, let option = torch.firstForModels {
        throw FormatError("--\(option) is for models, and the study has features")
      }
      try TorchChoices.check(recipe)
      _ = try ComputeChoices(recipe)
    } catch {
      var error = error
      if isStudy { error.file = SafeText.sanitise(features[0]) }
      throw error
    }
    return recipe
  }

  /// The recipe, and what is said beside it.
  /// - Parameter command: the command line, for the record.
  func request(
    command: [String] = CommandLine.arguments
  ) throws(FormatError) -> RunRequest {
    var request = RunRequest(
      try recipe(), backend: backend, patience: patience, command: command)
    if let shard {
      request.shard = try ShardChoice(shard, environment: ProcessInfo.processInfo.environment)
    }
    if let devices {
      guard request.recipe.models != nil else {
        throw FormatError("--devices is for models", remedy: "take --workers COUNT")
      }
      request.devices = devices.split(separator: ",", omittingEmptySubsequences: false).map {
        String($0)
      }
    } else if let workers, workers > 1 {
      request.devices = Array(repeating: nil, count: workers)
    }
    return request
  }

  /// What is wrong with `-o`; nil when it is fine, or a study file may say where the result goes.
  var outputProblem: String? {
    guard let output else {
      return isStudy ? nil : "nothing says where the result goes; add -o NAME.cka.safetensors"
    }
    return Self.isBundle(output) ? nil : "-o must end in .cka.safetensors"
  }

  /// A study file is all that was named.
  private var isStudy: Bool { features.count == 1 && Self.isStudyFile(features[0]) }

  /// Says the weighting where nothing does; a study file says its own.
  mutating func settleWeighting(_ weighting: String) {
    if !isStudy { self.weighting = self.weighting ?? weighting }
  }

  /// Whether a path has the ending of a bundle.
  static func isBundle(_ path: String) -> Bool { path.lowercased().hasSuffix(".safetensors") }

  /// Whether a path has the ending of a study file.
  static func isStudyFile(_ path: String) -> Bool {
    [".yaml", ".yml"].contains { path.lowercased().hasSuffix($0) }
  }

  private func override(_ recipe: inout StudyFile) throws(FormatError) {
    if var models = recipe.models {
      torch.override(&models)
      recipe.models = models
    } else if let tokens = torch.tokens {
      recipe.tokens = try ComputeChoices.tokens(tokens)
    }
    if let batchSize { recipe.batchSize = try ComputeChoices.batchSize(batchSize) }
    if let pool { recipe.pool = try ComputeChoices.pooling(pool) }
    if let layout { recipe.layout = try FeatureLayout(layout) }
    if let axes { recipe.axes = try FeatureAxes(axes) }
    if let shuffle { recipe.shuffle = try ComputeChoices.shuffle(shuffle) }
    recipe.output = output ?? recipe.output
    recipe.estimator = estimator ?? recipe.estimator
    recipe.kernel = kernel ?? recipe.kernel
    recipe.weighting = weighting ?? recipe.weighting
    recipe.layers = layers ?? recipe.layers
    recipe.precision = precision ?? recipe.precision
    recipe.threads = threads ?? recipe.threads
    recipe.untilCI = untilCI ?? recipe.untilCI
    recipe.keep = keep ?? recipe.keep
    recipe.null = null ?? recipe.null
    recipe.skipBad = skipBad ? true : recipe.skipBad
  }
}
