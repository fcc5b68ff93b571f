"""What is wrong with values of KubeSpawner's settings, whoever wrote them and wherever."""
