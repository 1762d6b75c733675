using System.Diagnostics.CodeAnalysis;

namespace Tapestry;

/// <summary>
/// A thing that owns variables: directly, or through other modules. What it owns is what its fields hold, also inside lists, arrays,
/// tuples and dictionaries; nothing has to be registered. Fields of base classes come first, then in the order of their declaration.
/// </summary>
/// <remarks>Source: <c>tf.Module</c>. The annotation keeps the fields of all derived classes when a program is trimmed.</remarks>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)]
public abstract class Module
{
    /// <summary>Creates a module.</summary>
    /// <param name="name">The name; that of the class by default.</param>
    protected Module(string? name = null)
    {
        Name = name ?? GetType().Name;
    }

    /// <summary>The name, for messages and files.</summary>
    public string Name { get; internal set; }

    /// <summary>All variables: those of this module, then those of each module in it. Each appears once.</summary>
    public IReadOnlyList<Variable> Variables => VariablesBelow();

    /// <summary>The variables whose <see cref="Variable.Trainable"/> is set.</summary>
    public virtual IReadOnlyList<Variable> TrainableVariables => [.. Variables.Where(variable => variable.Trainable)];

    /// <summary>All modules inside this one, each followed by those inside it.</summary>
    public IReadOnlyList<Module> Submodules
    {
        get
        {
            var found = new List<Module>();
            CollectModules(new HashSet<object>(ReferenceEqualityComparer.Instance) { this }, found);
            return found;
        }
    }

    /// <summary>The variables of this module itself.</summary>
    internal IReadOnlyList<Variable> OwnVariables => Members().Variables;

    /// <summary>The modules directly inside this one.</summary>
    internal IReadOnlyList<Module> OwnModules => Members().Modules;

    /// <summary>What this module owns itself.</summary>
    internal virtual ModuleMembers Members() => ModuleFields.Read(this);

    /// <summary>True for a module whose variables are no weights: the state of random numbers.</summary>
    internal virtual bool IsState => false;

    /// <summary>All variables of this module and of those inside it.</summary>
    /// <param name="withState">Whether the states of random numbers count.</param>
    internal List<Variable> VariablesBelow(bool withState = true)
    {
        var found = new List<Variable>();
        CollectVariables(new HashSet<object>(ReferenceEqualityComparer.Instance), found, withState);
        return found;
    }

    void CollectVariables(HashSet<object> seen, List<Variable> found, bool withState)
    {
        if ((IsState && !withState) || !seen.Add(this)) return;
        var members = Members();
        foreach (var variable in members.Variables)
        {
            if (seen.Add(variable)) found.Add(variable);
        }

        foreach (var module in members.Modules) module.CollectVariables(seen, found, withState);
    }

    void CollectModules(HashSet<object> seen, List<Module> found)
    {
        foreach (var module in Members().Modules)
        {
            if (!seen.Add(module)) continue;
            found.Add(module);
            module.CollectModules(seen, found);
        }
    }
}

/// <summary>What one module owns itself, in the order of its fields.</summary>
readonly struct ModuleMembers()
{
    /// <summary>The variables.</summary>
    internal List<Variable> Variables { get; } = [];

    /// <summary>The modules.</summary>
    internal List<Module> Modules { get; } = [];
}
