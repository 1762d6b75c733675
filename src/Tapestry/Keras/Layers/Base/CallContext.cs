namespace Tapestry.Keras;

/// <summary>What a layer is told about the call it is in, beside its inputs.</summary>
public sealed class CallContext
{
    [ThreadStatic]
    static CallContext? current;

    readonly Nest? masks;
    readonly IReadOnlyDictionary<string, Nest>? arguments;
    HashSet<string>? asked;
    bool defaulted;

    CallContext(Layer layer, CallContext? parent, bool? training, Nest? masks, IReadOnlyDictionary<string, Nest>? arguments)
    {
        Layer = layer;
        Parent = parent;
        ResolvedTraining = training ?? parent?.ResolvedTraining;
        this.masks = masks;
        this.arguments = arguments;
    }

    /// <summary>True in a step of training: what the caller said, else what the enclosing call is told, else false.</summary>
    public bool Training => ResolvedTraining ?? false;

    /// <summary>The mask of the (first) input: the one given to the call, else the one the input carries, else null.</summary>
    public Tensor? Mask => Masks is { } all ? all.FlattenLeaves().FirstOrDefault() as Tensor : null;

    /// <summary>The masks in the structure of the inputs, with null where there is none; null when no input has a mask.</summary>
    public Nest? Masks
    {
        get
        {
            HasReadMasks = true;
            return masks;
        }
    }

    /// <summary>A further argument of the call, such as <c>initial_state</c>; null when it was not given.</summary>
    /// <param name="argument">The name of the argument.</param>
    public Nest? this[string argument]
    {
        get
        {
            if (arguments is null) return null;
            (asked ??= []).Add(argument);
            return arguments.GetValueOrDefault(argument);
        }
    }

    /// <summary>The call that is running on this thread.</summary>
    internal static CallContext? Current => current;

    /// <summary>The layer that is called.</summary>
    internal Layer Layer { get; }

    /// <summary>The call around this one.</summary>
    internal CallContext? Parent { get; }

    /// <summary>The outermost call around this one.</summary>
    internal CallContext Root => Parent?.Root ?? this;

    /// <summary>What was said about training, or null when nobody said anything.</summary>
    internal bool? ResolvedTraining { get; }

    /// <summary>True once the layer asked for masks.</summary>
    internal bool HasReadMasks { get; private set; }

    /// <summary>A further argument of the call that is no tensor, such as <c>use_causal_mask</c>.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="argument">The name of the argument.</param>
    /// <param name="otherwise">What counts when it was not given.</param>
    /// <exception cref="TapestryException">The argument is of another type.</exception>
    public T Option<T>(string argument, T otherwise) => this[argument] is not { } given ? otherwise
        : given.Leaf is T value ? value
        : throw new TapestryException(Layer.Name, $"the argument '{argument}' is of another type", given.ToString(), typeof(T).Name);

    /// <summary>Refuses arguments that the layer did not ask for: it would ignore them.</summary>
    internal void RequireUse()
    {
        if (arguments is null) return;
        var ignored = arguments.Keys.Where(name => asked?.Contains(name) != true).ToArray();
        if (ignored.Length > 0) throw new TapestryException(Layer.Name, $"the layer takes no argument {string.Join(", ", ignored.Select(name => $"'{name}'"))}", expected: asked is null ? "no further arguments" : string.Join(", ", asked.Select(name => $"'{name}'")));
    }

    /// <summary>Starts a call; <see cref="Leave"/> ends it.</summary>
    internal static CallContext Enter(Layer layer, bool? training, Nest? masks = null, IReadOnlyDictionary<string, Nest>? arguments = null) =>
        current = new CallContext(layer, current, training, masks, arguments);

    /// <summary>Ends the call.</summary>
    internal void Leave() => current = Parent;

    /// <summary>The names of the layers around a layer and its own, joined by slashes.</summary>
    internal static string PathTo(Layer layer)
    {
        var names = new List<string>();
        var isInside = false;
        for (var call = current; call is not null; call = call.Parent)
        {
            isInside |= ReferenceEquals(call.Layer, layer);
            names.Insert(0, call.Layer.Name);
        }

        if (!isInside) names.Add(layer.Name);
        return string.Join("/", names);
    }

    /// <summary>Refuses a layer that overrides neither form of Call, each of which leads to the other.</summary>
    internal void RequireOverride(Layer layer)
    {
        if (defaulted) throw new TapestryException(layer.Name, "the layer has no Call", layer.GetType().Name, remedy: "Override Call(Tensor, CallContext), or Call(Nest, CallContext) for several inputs or outputs.");
        defaulted = true;
    }
}
