import Recipe

@testable import cka

/// The recipe that a command line, `compute` first, asks for.
func asked(_ words: [String]) throws -> Recipe {
  try ComputeCommand.parse(Array(words.dropFirst())).options.recipe()
}
